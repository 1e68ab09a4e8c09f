"""What the pages in docs/proxies/ tell people to copy, made to run here on free ports."""
import pathlib
import re

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "proxies"


def blocks(page):
    """Returns the fenced blocks of a page as {info: text}; each info is there once."""
    found = {}
    text = (PAGES / page).read_text(encoding="utf-8")
    for info, body in re.findall(r"^```([a-z][a-z ]*)\n(.*?)^```$", text, re.M | re.S):
        assert info not in found, f"{page}: two blocks are called {info}"
        found[info] = body
    return found


def replace(text, *pairs):
    """Replaces all of each; what is not there has changed on the page."""
    for old, new in pairs:
        assert old in text, f"the page does not have {old!r} any more"
        text = text.replace(old, new)
    return text


def addresses(latchkey, app):
    return (("127.0.0.1:4470", f"127.0.0.1:{latchkey}"), ("127.0.0.1:3000", f"127.0.0.1:{app}"))


def latchkey_config(port):
    return replace(blocks("README.md")["toml"], ("127.0.0.1:4470", f"127.0.0.1:{port}"))


def nginx(folder, port, latchkey, app):
    return run_nginx(folder, port, latchkey, app, blocks("nginx.md")["nginx"])


def nginx_of_one_host(folder, port, latchkey, app):
    """The pages are below a path of the application's host, as README.md tells."""
    page = blocks("nginx.md")["nginx"]
    log_in, application = page.index("# The log-in pages."), page.index("# The application.")
    below = "".join(f"  {line}\n" for line in blocks("README.md")["nginx"].splitlines())
    server = replace(page[application:], ("  location / {\n", below + "  location / {\n"))
    return run_nginx(folder, port, latchkey, app, page[:log_in] + server)


def run_nginx(folder, port, latchkey, app, text):
    page = blocks("nginx.md")
    site = replace(text, ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
                   ("snippets/latchkey.conf", str(folder / "snippet.conf")),
                   *addresses(latchkey, app))
    site = re.sub(r"^ *ssl_certificate.*\n", "", site, flags=re.M)
    (folder / "snippet.conf").write_text(page["nginx snippet"], encoding="utf-8")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n", encoding="utf-8")
    return ["nginx", "-e", f"{folder}/log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]


def caddy(folder, port, latchkey, app):
    site = replace(blocks("caddy.md")["caddy"],
                   ("\nauth.example.com {", f"\nhttp://auth.example.com:{port} {{"),
                   ("\napp.example.com {", f"\nhttp://app.example.com:{port} {{"),
                   *addresses(latchkey, app))
    options = "{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n"
    (folder / "Caddyfile").write_text(options + site, encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


def haproxy(folder, port, latchkey, app):
    script = (PAGES / "latchkey.lua").read_text(encoding="utf-8")
    (folder / "latchkey.lua").write_text(script, encoding="utf-8")
    bind = "bind :443 ssl crt /etc/haproxy/example.com.pem alpn h2,http/1.1"
    config = replace(blocks("haproxy.md")["haproxy"], (bind, f"bind 127.0.0.1:{port}"),
                     ("/etc/haproxy/latchkey.lua", str(folder / "latchkey.lua")),
                     *addresses(latchkey, app))
    (folder / "haproxy.cfg").write_text(config, encoding="utf-8")
    return ["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"]
