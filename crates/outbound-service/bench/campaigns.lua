-- The update, of sixteen campaigns in turn.
dofile(os.getenv("UPDATE_LUA"))
local id = 0
request = function()
  id = id % 16 + 1
  return wrk.format("PUT", "/api/v1/outbound/campaigns/" .. id)
end
