-- What callers send in a day: half of it updates, and else lists, reads, and what is refused in one way or another.
dofile(os.getenv("UPDATE_LUA"))
local path, good = "/api/v1/outbound/campaigns", wrk.body
local known = wrk.headers
local unknown = {["Content-Type"] = "application/json", ["Syllable-API-Key"] = "nobody's"}
local count = 0
request = function()
  count = count + 1
  local id = path .. "/" .. count % 16 + 1
  local which = count % 16
  if which < 8 then return wrk.format("PUT", id, known, good) end
  if which == 8 then return wrk.format("GET", path .. "?limit=5&page=" .. count % 3, known, "") end
  if which == 9 then return wrk.format("GET", id, known, "") end
  if which == 10 then return wrk.format("PUT", id, known, '{"campaign_name": 1, "active_days": ["today"]}') end
  if which == 11 then return wrk.format("PUT", id, known, "[" .. string.rep("[", 5000)) end
  if which == 12 then return wrk.format("PUT", id, unknown, good) end
  if which == 13 then return wrk.format("GET", path .. "/999999999", known, "") end
  if which == 14 then return wrk.format("PATCH", id, known, good) end
  return wrk.format("GET", "/nowhere/" .. count, known, "")
end
