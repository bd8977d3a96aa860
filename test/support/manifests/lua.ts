import fengari from "fengari";

const { lua, lauxlib, lualib, to_luastring } = fengari;

/** Runs a Lua chunk that returns a table of strings, with the global `obj` set to a JSON value, as Argo CD runs a health check. */
export function runHealthCheck(source: string, object: unknown): Record<string, string> {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  push(state, object);
  lua.lua_setglobal(state, to_luastring("obj"));
  const failed = lauxlib.luaL_dostring(state, to_luastring(source));
  if (failed) throw new Error(lua.lua_tojsstring(state, -1));
  const result: Record<string, string> = {};
  for (const field of ["status", "message"]) {
    lua.lua_getfield(state, -1, to_luastring(field));
    if (!lua.lua_isnil(state, -1)) result[field] = lua.lua_tojsstring(state, -1);
    lua.lua_pop(state, 1);
  }
  return result;
}

function push(state: object, value: unknown): void {
  if (value === null || value === undefined) lua.lua_pushnil(state);
  else if (typeof value === "string") lua.lua_pushstring(state, to_luastring(value));
  else if (typeof value === "number") lua.lua_pushnumber(state, value);
  else if (typeof value === "boolean") lua.lua_pushboolean(state, value ? 1 : 0);
  else {
    lua.lua_newtable(state);
    // Lua's arrays begin at 1.
    const entries = Array.isArray(value) ? value.map((item, index) => [index + 1, item]) : Object.entries(value);
    for (const [key, item] of entries) {
      push(state, key);
      push(state, item);
      lua.lua_settable(state, -3);
    }
  }
}
