/** Finds what a person would read although no catalogue holds it: text, labels, spoken words. */
import ts from 'typescript';
import { parse } from 'svelte/compiler';

/** Attributes and properties that are read or heard. */
const READ = new Set([
  ...['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'title', 'alt'],
  ...['placeholder', 'label', 'hint', 'text', 'heading', 'caption', 'message', 'unit', 'summary'],
  ...['ariaLabel', 'textContent', 'innerText', 'body', 'note', 'question', 'action'],
]);
/** Functions whose words reach a person as they are. */
const SPOKEN = /^(?:alert|confirm|prompt|toast|speak|announce|notify|showToast|setCustomValidity)$/;
/** What programmers read. */
const TECHNICAL = /^(?:Error|[A-Z]\w*Error|assert|debug|info|warn|error|log|require|matchMedia)$/;
const LETTERS = /\p{L}/u;
const BEYOND_ASCII = /[^\p{ASCII}\P{L}]/u;
/** Two words with a space between: a phrase, unless it is code (classes, queries, paths, types). */
const PHRASE = /^\p{L}[\p{L}’']*[,.]? (?:[\p{L}\d’'"“”{}]+[ ,.:!?–—]*)+$/u;

type Node = { type: string; start?: number; [key: string]: unknown };

/** Return the texts of a source file that are in no catalogue, each with its line. */
export function listLooseStrings(name: string, source: string): string[] {
  return name.endsWith('.svelte') ? listOfSvelte(source) : listOfScript(source, 0, source);
}

function listOfSvelte(source: string): string[] {
  const root = parse(source, { modern: true });
  const found: string[] = [];
  const note = (at: number, text: string) => found.push(atLine(source, at, text));
  visit(root.fragment as unknown as Node, note);
  for (const script of [root.instance, root.module]) {
    if (!script) continue;
    const { start, end } = script.content as unknown as { start: number; end: number };
    found.push(...listOfScript(source.slice(start, end), start, source));
  }
  return found;
}

function visit(node: Node, note: (at: number, text: string) => void): void {
  if (node.type === 'Text') {
    const text = String(node['data']);
    if (LETTERS.test(text)) note(node.start ?? 0, text);
  } else if (node.type === 'ExpressionTag') {
    visitShown(node['expression'] as Node, note);
  } else if (node.type === 'Attribute') {
    visitAttribute(node, note);
  } else {
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child) && !isScript(node, child)) visit(child, note);
      }
    }
  }
}

function visitAttribute(node: Node, note: (at: number, text: string) => void): void {
  const parts = node['value'];
  const isRead = READ.has(String(node['name']));
  for (const part of Array.isArray(parts) ? parts : [parts]) {
    if (!isNode(part)) continue;
    const text = part.type === 'Text' ? String(part['data']) : '';
    if (isRead || BEYOND_ASCII.test(text)) visit(part, note);
  }
}

/** Follow an expression to the strings it becomes; what goes into a call is not shown as it is. */
function visitShown(node: Node | null, note: (at: number, text: string) => void): void {
  if (!isNode(node)) return;
  const text = node.type === 'TemplateElement' ? cooked(node) : node['value'];
  switch (node.type) {
    case 'Literal':
    case 'TemplateElement':
      if (typeof text === 'string' && LETTERS.test(text)) note(node.start ?? 0, text);
      return;
    case 'ConditionalExpression':
      visitShown(node['consequent'] as Node, note);
      visitShown(node['alternate'] as Node, note);
      return;
    case 'LogicalExpression':
      visitShown(node['right'] as Node, note);
      return;
    case 'BinaryExpression':
      if (node['operator'] !== '+') return;
      visitShown(node['left'] as Node, note);
      visitShown(node['right'] as Node, note);
      return;
    case 'TemplateLiteral':
      for (const part of node['quasis'] as Node[]) visitShown(part, note);
      for (const part of node['expressions'] as Node[]) visitShown(part, note);
  }
}

function cooked(node: Node): unknown {
  return (node['value'] as { cooked?: unknown }).cooked;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Expressions of blocks and directives are code, not text. */
function isScript(parent: Node, child: Node): boolean {
  const isBlock = /Block$|Directive$|^(?:ConstTag|DeclarationTag|RenderTag|AttachTag)/;
  return isBlock.test(parent.type) && !/Fragment/.test(child.type);
}

/** Find phrases, Vietnamese words and spoken literals in a script. */
function listOfScript(code: string, offset: number, whole: string): string[] {
  const file = ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      if (isLoose(node, node.text)) found.push(atLine(whole, offset + node.pos, node.text));
    } else if (ts.isTemplateExpression(node)) {
      const text = [node.head.text, ...node.templateSpans.map((s) => s.literal.text)].join('{}');
      if (isLoose(node, text)) found.push(atLine(whole, offset + node.pos, text));
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function isLoose(node: ts.Node, text: string): boolean {
  if (!LETTERS.test(text) || ts.isImportDeclaration(node.parent)) return false;
  const called = calledName(node);
  if (called && TECHNICAL.test(called)) return false;
  if (called && SPOKEN.test(called)) return true;
  if (isShownProperty(node)) return true;
  return BEYOND_ASCII.test(text) || PHRASE.test(text.trim());
}

/** Return the name of the function or class whose direct argument this is. */
function calledName(node: ts.Node): string | null {
  const call = node.parent;
  if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return null;
  const callee = call.expression;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

/** Tell whether this is assigned to something a page shows: `document.title = …`. */
function isShownProperty(node: ts.Node): boolean {
  const to = node.parent;
  return (
    ts.isBinaryExpression(to) &&
    to.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(to.left) &&
    READ.has(to.left.name.text)
  );
}

function atLine(source: string, at: number, text: string): string {
  const lead = source.slice(at).match(/^\s*/)?.[0].length ?? 0;
  const line = source.slice(0, at + lead).split('\n').length;
  return `${line}: ${text.trim().replace(/\s+/g, ' ').slice(0, 80)}`;
}
