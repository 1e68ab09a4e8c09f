# Typed after the tour: what it promised.
grep -q '"code":"wrong_credentials"' <<TEXT
$(curl -sS -H 'content-type: application/json' http://localhost:4470/v1/login \
  -d '{"username":"ada@example.com","password":"not the right password"}')
TEXT
grep -q '"username":"ada@example.com"' <<TEXT
$(curl -fsS -b jar http://localhost:4470/v1/session)
TEXT
[ "$(curl -s -o /dev/null -w '%{http_code}' http://localhost:4470/signup)" = 403 ]
cd /etc/latchkey
[ "$(stat -c '%a %U:%G' /var/lib/latchkey . latchkey.toml | paste -sd,)" = \
  '700 latchkey:latchkey,750 root:latchkey,640 root:latchkey' ]
cd /var/lib/latchkey
[ "$(stat -c '%a %U' latchkey.key monday/latchkey.db | paste -sd,)" = \
  '600 latchkey,600 latchkey' ]
cd /root
[ -s /usr/share/man/man1/latchkey.1.gz ]
[ -s /usr/share/bash-completion/completions/latchkey ]
dpkg --verify latchkey
# Removal keeps users and keys; a second installation finds them.
kill "$(cat /run/latchkey.pid)"
while kill -0 "$(cat /run/latchkey.pid)" 2>/dev/null; do sleep 0.1; done
apt-get remove -y latchkey >/dev/null
[ ! -e /usr/bin/latchkey ]
apt-get install -y ./latchkey_*.deb >/dev/null
systemctl enable --now latchkey.socket latchkey.service
curl -fsS -b jar http://localhost:4470/v1/session
echo 'the tour holds'
