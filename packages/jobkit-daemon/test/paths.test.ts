import { expect, test } from "vitest";
import {
  checkSocketPath,
  instanceName,
  pathVariables,
  type Paths,
  resolvePaths,
  variablePrefix,
} from "../src/paths.ts";

const base = { app: "checksum-keeper", env: {}, home: "/home/ann", cwd: "/place" };

function of(env: Record<string, string>, flags: { data?: string; config?: string } = {}): Paths {
  return resolvePaths({ ...base, env, ...flags });
}

test("the data folder comes from the flag, else the variable, else the state home, else the home folder", () => {
  const all = { CHECKSUM_KEEPER_DATA: "/from/env", XDG_STATE_HOME: "/state", HOME: "/home/bob" };

  expect(of(all, { data: "here" }).dataDir).toBe("/place/here");
  expect(of(all).dataDir).toBe("/from/env");
  expect(of({ ...all, CHECKSUM_KEEPER_DATA: "" }).dataDir).toBe("/state/checksum-keeper");
  expect(of({ XDG_STATE_HOME: "relative", HOME: "/home/bob" }).dataDir).toBe(
    "/home/bob/.local/state/checksum-keeper",
  );
  expect(of({}).dataDir).toBe("/home/ann/.local/state/checksum-keeper");
});

test("the configuration is named by flag or variable, or stands at its usual place", () => {
  expect(of({ CHECKSUM_KEEPER_CONFIG: "b.yaml" }, { config: "a.yaml" })).toMatchObject({
    configFile: "/place/a.yaml",
    configNamed: true,
  });
  expect(of({ CHECKSUM_KEEPER_CONFIG: "b.yaml" })).toMatchObject({
    configFile: "/place/b.yaml",
    configNamed: true,
  });
  expect(of({ XDG_CONFIG_HOME: "/etc/x" })).toMatchObject({
    configFile: "/etc/x/checksum-keeper/config.yaml",
    configNamed: false,
  });
  expect(of({})).toMatchObject({ configFile: "/home/ann/.config/checksum-keeper/config.yaml" });
});

test("sockets stand in the runtime folder, else in the data folder, never in a temporary one", () => {
  const withRuntime = resolvePaths({
    ...base,
    env: { XDG_RUNTIME_DIR: "/run/user/7", TMPDIR: "/tmp/sandbox" },
  });
  const without = resolvePaths({ ...base, env: { TMPDIR: "/tmp/sandbox" } });

  expect(withRuntime.runtimeDir).toBe("/run/user/7/checksum-keeper");
  expect(withRuntime.socketPath).toMatch(
    /^\/run\/user\/7\/checksum-keeper\/checksum-keeper-[0-9a-f]{12}\.sock$/,
  );
  expect(without.runtimeDir).toBe(without.dataDir);
});

test("two data folders of the same last name have sockets of different names", () => {
  expect(instanceName("/a/data")).not.toBe(instanceName("/b/data"));
  expect(instanceName("/a/with space/ä€x")).toMatch(/^[a-zA-Z0-9._-]+$/);
});

test("without a home a data folder must be named, and then one is enough", () => {
  const homeless = { app: "thing", env: {}, home: null, cwd: "/place" };

  expect(() => resolvePaths(homeless)).toThrow(
    expect.objectContaining({ code: "HOME_UNKNOWN", next: expect.stringContaining("THING_DATA") }),
  );
  expect(resolvePaths({ ...homeless, data: "d" })).toMatchObject({
    dataDir: "/place/d",
    configFile: "/place/d/config.yaml",
  });
});

test("paths and names that cannot be are refused", () => {
  for (const data of ["", "a\0b"])
    expect(() => resolvePaths({ ...base, data })).toThrow(expect.objectContaining({ code: "PATH_INVALID" }));
  for (const app of ["", "Thing", "../up", "a".repeat(41)])
    expect(() => resolvePaths({ ...base, app })).toThrow(RangeError);
});

test("the path of a socket is measured in bytes before anybody binds it", () => {
  expect(() => checkSocketPath(`/${"a".repeat(102)}`)).not.toThrow();
  expect(() => checkSocketPath(`/${"a".repeat(103)}`)).toThrow(
    expect.objectContaining({ code: "SOCKET_PATH_TOO_LONG" }),
  );
  expect(() => checkSocketPath(`/${"ü".repeat(60)}`)).toThrow(/121 bytes/);
});

test("variables are named for the application", () => {
  expect(variablePrefix("checksum-keeper")).toBe("CHECKSUM_KEEPER");
  expect(pathVariables("thing")).toEqual(["THING_DATA", "THING_CONFIG"]);
});
