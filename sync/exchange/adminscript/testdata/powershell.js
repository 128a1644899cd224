// Reads PowerShell scripts as a JSON array from standard input, parses them
// with tree-sitter's grammar, and writes for each what the grammar could not
// make sense of, all strings between single quotes as they stand, and the shape
// of the tree. The first argument is the folder of node_modules.
'use strict';
const path = require('path');
const modules = process.argv[2];
const installed = require('node:module').createRequire(path.join(modules, 'driver.js'));
const { Parser, Language } = installed('web-tree-sitter');

function walk(node, visit) {
  visit(node);
  for (let i = 0; i < node.childCount; i++) walk(node.child(i), visit);
}

async function main() {
  const chunks = [];
  for await (const c of process.stdin) chunks.push(c);
  const scripts = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(path.join(modules, 'tree-sitter-powershell', 'tree-sitter-powershell.wasm')));
  const out = scripts.map((text) => {
    const root = parser.parse(text).rootNode;
    const errors = [];
    if (root.hasError) {
      walk(root, (n) => {
        if (n.isError || n.isMissing) errors.push(`line ${n.startPosition.row + 1}: ${n.text.slice(0, 80)}`);
      });
    }
    const texts = (type) => root.descendantsOfType(type).map((n) => n.text);
    const strings = texts('verbatim_string_characters'), commands = texts('command_name');
    return { errors, strings, commands, tree: root.toString() };
  });
  process.stdout.write(JSON.stringify(out));
}

main().catch((e) => { console.error(e); process.exit(1); });
