/**
 * Tensors of a tree by path, as files and messages name them: `{ layers: [{ weight }] }` ↔ `layers.0.weight`.
 * The name of a leaf is its keys and indices joined by dots, after an optional prefix.
 */
import { Tensor, type Tree, tensor } from "@cotangent/autodiff";

/** The leaves of `tree` by path. Throws when two leaves would share a name. */
export function nameLeaves(tree: Tree, prefix = ""): { readonly [name: string]: Tensor } {
  const named: { [name: string]: Tensor } = {};
  visit(tree, prefix, (name, leaf) => {
    if (Object.hasOwn(named, name)) {
      throw new Error(
        `nameLeaves: two leaves are both named "${name}"; rename a key that has a dot in it`,
      );
    }
    named[name] = leaf;
    return leaf;
  });
  return named;
}

/**
 * The tree shaped like `template` whose leaves are `tensors[name]`.
 *
 * `source` names where the tensors come from. Throws when one is missing or differs from the template's
 * in shape or dtype, and when `tensors` has further names under a non-empty `prefix`: the file holds another model.
 */
export function unnameLeaves(
  template: Tree,
  tensors: { readonly [name: string]: Tensor },
  prefix: string,
  source: string,
): Tree {
  const seen = new Set<string>();
  const tree = visit(template, prefix, (name, expected) => {
    seen.add(name);
    const got = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (got === undefined) {
      throw new Error(
        `${source}: it holds another model: expected ${describe(name, expected)}, got none of that name`,
      );
    }
    if (got.dtype !== expected.dtype || got.shape.join() !== expected.shape.join()) {
      throw new Error(
        `${source}: it holds another model: expected ${describe(name, expected)}, got ${describe(name, got)}`,
      );
    }
    return got;
  });
  const extra = Object.keys(tensors).find((name) => under(name, prefix) && !seen.has(name));
  if (extra !== undefined) {
    throw new Error(
      `${source}: it holds another model: it also has "${extra}", which this one lacks`,
    );
  }
  return tree;
}

function under(name: string, prefix: string): boolean {
  return prefix !== "" && (name === prefix || name.startsWith(`${prefix}.`));
}

function describe(name: string, { dtype, shape }: Tensor): string {
  return `${name}:${dtype}[${shape}]`;
}

function visit(tree: Tree, path: string, leaf: (name: string, x: Tensor) => Tensor): Tree {
  if (tree instanceof Tensor) return leaf(path, tree);
  if (typeof tree !== "object" || ArrayBuffer.isView(tree)) return leaf(path, tensor(tree));
  const below = (key: string | number) => (path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((child: Tree, i) => visit(child, below(i), leaf));
  return Object.fromEntries(
    Object.entries(tree).map(([key, child]) => [key, visit(child as Tree, below(key), leaf)]),
  );
}
