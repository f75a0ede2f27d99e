-- wrk: books orders, each with a key and a customer of its own; with REPLAY=1 always the same hundred.
-- KEY is the API key, USER_ID the business. The last line is one JSON object for whoever runs it.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local count, prefix, headers = 0, "", {}
local replay = os.getenv("REPLAY") == "1"
local user = os.getenv("USER_ID")

function init()
  math.randomseed(os.time() * 1000 + number)
  prefix = string.format("%d-%d-%d", os.time(), number, math.random(1, 1e9))
  if replay then prefix = "replayed" end
  headers = {
    ["Authorization"] = "Bearer " .. os.getenv("KEY"),
    ["Content-Type"] = "application/json",
  }
end

function request()
  count = count + 1
  if replay then count = count % 100 end
  headers["Idempotency-Key"] = prefix .. "-" .. count
  local body = string.format(
    '{"version":"1.0","action":"create_order","payload":{"user_id":"%s",' ..
    '"customer_name":"Buyer %s","customer_phone":"+1 902 555 %04d","items":[' ..
    '{"id":"SKU-1","quantity":2},{"id":"SKU-2","quantity":1}],"source":"manual",' ..
    '"notes":"ring twice"}}',
    user, prefix .. "-" .. count, count % 10000)
  return wrk.format("POST", "/api/orders", headers, body)
end

function done(summary, latency)
  print(string.format(
    '@@{"requests":%d,"duration_us":%d,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,' ..
    '"socket_errors":%d,"status_errors":%d}',
    summary.requests, summary.duration, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.errors.status))
end
