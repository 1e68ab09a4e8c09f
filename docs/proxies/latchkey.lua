-- Asks latchkey about every request that reaches `http-request lua.latchkey`. docs/proxies/haproxy.md
--
--   setenv LATCHKEY_VERIFY http://127.0.0.1:4470/v1/verify/forward
--   lua-load-per-thread /etc/haproxy/latchkey.lua
--
-- Whoever may pass gets the identity headers of latchkey, and a refreshed cookie in the variable
-- txn.latchkey_cookie. Everybody else gets latchkey's own answer. When latchkey does not answer,
-- nobody passes (503).

local URL = os.getenv("LATCHKEY_VERIFY")
if not URL then error("latchkey.lua: set LATCHKEY_VERIFY before it is loaded") end
local TIMEOUT = 5000 -- milliseconds

-- Of one connection, or of the body, which latchkey does not need. A second Host would be refused.
local NOT_SENT = {
  ["connection"] = true, ["content-length"] = true, ["expect"] = true, ["host"] = true,
  ["keep-alive"] = true, ["proxy-connection"] = true, ["te"] = true, ["trailer"] = true,
  ["transfer-encoding"] = true,
}
local IDENTITY = { "x-session-", "remote-", "x-auth-request-" }
local ORIGINAL = { "x-forwarded-", "x-original-" }

-- Applications read X_Session_User and X.Session.User as X-Session-User, too.
local function has_prefix(name, prefixes)
  local plain = name:lower():gsub("[^a-z0-9]", "-")
  for _, prefix in ipairs(prefixes) do
    if plain:sub(1, #prefix) == prefix or plain .. "-" == prefix then return true end
  end
  return false
end

local function to_send(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not NOT_SENT[name] and not has_prefix(name, ORIGINAL) then
      headers[name] = {}
      for _, value in pairs(values) do table.insert(headers[name], value) end
    end
  end
  headers["x-forwarded-method"] = { txn.sf:method() }
  headers["x-forwarded-proto"] = { txn.sf:ssl_fc() == 1 and "https" or "http" }
  headers["x-forwarded-host"] = { txn.sf:req_fhdr("host") }
  headers["x-forwarded-uri"] = { txn.sf:pathq() }
  headers["x-forwarded-for"] = { txn.sf:src() }
  return headers
end

local function refuse(txn, status, reason, headers, body)
  local reply = txn:reply { status = status, reason = reason }
  for _, header in ipairs(headers) do reply:add_header(header[1], header[2]) end
  reply:set_body(body or "")
  txn:done(reply)
end

core.register_action("latchkey", { "http-req" }, function(txn)
  for name in pairs(txn.http:req_get_headers()) do
    if has_prefix(name, IDENTITY) then txn.http:req_del_header(name) end
  end
  local answer = core.httpclient():get { url = URL, headers = to_send(txn), timeout = TIMEOUT }
  if not answer or not answer.status or answer.status == 0 then
    return refuse(txn, 503, "Service Unavailable", { { "Retry-After", "2" } })
  end
  if answer.status ~= 200 then
    local headers = {}
    for name, values in pairs(answer.headers) do
      if not NOT_SENT[name] then
        for _, value in pairs(values) do table.insert(headers, { name, value }) end
      end
    end
    return refuse(txn, answer.status, answer.reason, headers, answer.body)
  end
  for name, values in pairs(answer.headers) do
    if has_prefix(name, IDENTITY) then txn.http:req_set_header(name, values[0] or "") end
    if name == "set-cookie" then txn:set_var("txn.latchkey_cookie", values[0]) end
  end
end)
