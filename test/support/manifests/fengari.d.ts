declare module "fengari" {
  type State = object;
  const fengari: {
    lua: {
      lua_getfield(state: State, index: number, name: Uint8Array): number;
      lua_isnil(state: State, index: number): boolean;
      lua_newtable(state: State): void;
      lua_pop(state: State, count: number): void;
      lua_pushboolean(state: State, value: number): void;
      lua_pushnil(state: State): void;
      lua_pushnumber(state: State, value: number): void;
      lua_pushstring(state: State, value: Uint8Array): void;
      lua_setglobal(state: State, name: Uint8Array): void;
      lua_settable(state: State, index: number): void;
      lua_tojsstring(state: State, index: number): string;
    };
    lauxlib: {
      luaL_newstate(): State;
      luaL_dostring(state: State, source: Uint8Array): boolean;
    };
    lualib: { luaL_openlibs(state: State): void };
    to_luastring(text: string): Uint8Array;
  };
  export default fengari;
}
