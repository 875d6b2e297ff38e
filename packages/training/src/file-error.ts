/** What the file system answered, as a sentence: operation, path, what happened, what to do. */

const sentences: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder; check the path",
  EACCES: "permission denied; check the permissions of the file and its folder",
  EPERM: "permission denied; check the permissions of the file and its folder",
  EISDIR: "expected a file, got a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENOSPC: "the disk is full; free some space and run it again",
  EDQUOT: "the disk quota is used up; free some space and run it again",
  EFBIG: "the file would exceed the size limit of this process",
  EROFS: "the file system is read-only; choose another folder",
  EMFILE: "too many files are open",
};

/** The error to throw when `operation` on `path` failed with `cause`. */
export function fileError(operation: string, path: string, cause: unknown): Error {
  const code = (cause as { code?: string } | null)?.code;
  const known = code === undefined ? undefined : sentences[code];
  const text = known ?? (cause instanceof Error ? cause.message : String(cause));
  return new Error(`${operation}: ${path}: ${text}`, { cause });
}
