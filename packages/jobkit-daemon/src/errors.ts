import { defineErrors } from "jobkit-core";

/** Every error that jobkit-daemon raises. Append rows; never rename or reuse a code. */
export const daemonError = defineErrors({
  FOLDER_NOT_PRIVATE: {
    retry: false,
    doc: "A folder that must be private is not: it is a link, belongs to somebody else, or others may enter it.",
    next: "Choose another folder, or make this one yours alone: chown it to you and chmod 700 it.",
  },
  FOLDER_FAILED: {
    retry: false,
    doc: "A folder could not be made or looked at.",
    next: "Check that the folder above it exists and may be written, and that the disk is not full.",
  },
  FILE_FAILED: {
    retry: true,
    doc: "A file could not be read or replaced.",
    next: "Check its permissions and that the disk is neither full nor read-only.",
  },
  HOME_UNKNOWN: {
    retry: false,
    doc: "There is no home folder to derive the data folder from.",
    next: "Name the data folder: --data DIR, or the variable the message names.",
  },
  PATH_INVALID: {
    retry: false,
    doc: "A path or a name that paths are made of cannot be used.",
    next: "Give a path without NUL characters, not empty.",
  },
  SOCKET_PATH_TOO_LONG: {
    retry: false,
    doc: "The path of the socket is longer than the operating system allows (103 bytes, which fits Linux and macOS).",
    next: "Set XDG_RUNTIME_DIR, or choose a data folder with a shorter path.",
  },
  LOCK_FAILED: {
    retry: true,
    doc: "The lock of the data folder could not be tried at all. Somebody else holding it is not this error.",
    next: "Check that the folder may be written and that its disk knows locks. A damaged file named lock may be deleted while no daemon runs.",
  },
  LOG_UNREADABLE: {
    retry: false,
    doc: "The folder of the event log, or a segment in it, could not be read.",
    next: "Check the permissions of the folder events in the data folder.",
  },
  CONFIG_MISSING: {
    retry: false,
    doc: "The configuration file that was named does not exist.",
    next: "Correct the path, or leave it out to run with defaults.",
  },
  CONFIG_UNREADABLE: {
    retry: false,
    doc: "The configuration file could not be read, or is too large to be one.",
    next: "Check that it is a text file of yours.",
  },
  CONFIG_SYNTAX: {
    retry: false,
    doc: "The configuration is not YAML 1.2, or not a tree of keys.",
    next: "Correct the line and column that the message names.",
  },
});
