#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python_stubs.py GIR OVERLAY OUTPUT: the types of a namespace for Python's type checkers and editors.

What the GIR has, as PyGObject gives it: lengths and destroy functions are left out, user data is any number of
arguments, what is given back through pointers is returned. What the overlay says of a name is taken instead.
"""

import ast
import keyword
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
BASIC = {
    "none": "None", "gboolean": "bool", "gpointer": "Any", "GType": "GObject.GType", "GObject.Value": "Any",
    "utf8": "str", "filename": "str", "gdouble": "float", "gfloat": "float", "GLib.Strv": "list[str]",
    **dict.fromkeys(("gint", "guint", "gint8", "guint8", "gint16", "guint16", "gint32", "guint32", "gint64",
                     "guint64", "glong", "gulong", "gsize", "gssize", "GLib.Quark", "Gst.ClockTime"), "int"),
}
HEADER = """# SPDX-License-Identifier: LGPL-2.1-or-later
# Written by cmake/python_stubs.py from {gir} and src/python/types.
"""


class Types:
    """Names of types as Python has them, and which namespaces they need."""

    def __init__(self, namespace):
        self.own = namespace.get("name")
        self.callbacks = {node.get("name") for node in namespace.findall(CORE + "callback")}
        self.modules = {"GObject"}

    def of(self, node, given=False):
        """Of a parameter, return value or property; `given`: what Python passes in."""
        array = node.find(CORE + "array")
        if array is not None:
            return self._list(array, given)
        kind = node.find(CORE + "type")
        if kind is None:
            return "Any"
        name = kind.get("name")
        if name in BASIC:
            if name == "GLib.Strv" and given:
                return "Sequence[str]"
            if BASIC[name].startswith("GObject."):
                self.modules.add("GObject")
            return BASIC[name]
        if name in self.callbacks or name.endswith(("Callback", "Func")):
            return "Callable[..., Any]"
        if name in ("GLib.List", "GLib.SList", "GLib.PtrArray"):
            return self._list(kind, given)
        if "." in name:
            self.modules.add(name.split(".")[0])
        return name

    def _list(self, node, given):
        item = self.of(node)
        if node.tag == CORE + "array" and node.find(CORE + "type").get("name") == "guint8":
            return "bytes"
        return f"Sequence[{item}]" if given else f"list[{item}]"


def python_name(name):
    name = name.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def docstring(node):
    """The first paragraph of the documentation, as a statement; nothing where there is none."""
    documentation = node.find(CORE + "doc")
    if documentation is None or not documentation.text:
        return []
    text = documentation.text.split("\n\n")[0]
    text = text.replace("%NULL", "None").replace("%TRUE", "True").replace("%FALSE", "False")
    text = re.sub(r"\[\w+@([^]]+)\]", r"\1", text)  # a link of gi-docgen
    text = re.sub(r"[#@%](\w)", r"\1", " ".join(text.split()))
    return [ast.Expr(ast.Constant(text))]


def nullable(node, kind):
    return f"{kind} | None" if node.get("nullable") == "1" and kind not in ("Any", "None") else kind


class Signature:
    """The arguments and result that PyGObject gives a function."""

    def __init__(self, function, types):
        holder = function.find(CORE + "parameters")
        parameters = [] if holder is None else holder.findall(CORE + "parameter")
        result = function.find(CORE + "return-value")
        left_out = set()
        for node in parameters + [result]:
            for number in (node.get("destroy"), self._length(node)):
                if number is not None:
                    left_out.add(int(number))
        data = {int(node.get("closure")) for node in parameters if node.get("closure") is not None}
        self.arguments, self.returned, self.takes_data = [], [], False
        kind = nullable(result, types.of(result))
        if kind != "None" and result.get("skip") != "1":
            self.returned.append(kind)
        for index, node in enumerate(parameters):
            if index in left_out:
                continue
            if index in data and types.of(node) == "Any":
                self.takes_data = True
                continue
            direction = node.get("direction", "in")
            if direction in ("in", "inout"):
                optional = node.get("nullable") == "1" or node.get("allow-none") == "1"
                kind = types.of(node, given=True)
                self.arguments.append((python_name(node.get("name")), kind, optional))
            if direction in ("out", "inout"):
                self.returned.append(nullable(node, types.of(node)))

    @staticmethod
    def _length(node):
        array = node.find(CORE + "array")
        return None if array is None else array.get("length")

    def text(self, first):
        words = [first] if first else []
        for index, (name, kind, optional) in enumerate(self.arguments):
            if optional and kind != "Any":
                kind += " | None"
            # PyGObject passes None for those at the end.
            rest_optional = all(later[2] for later in self.arguments[index:])
            words.append(f"{name}: {kind}" + (" = ..." if rest_optional else ""))
        if self.takes_data:
            words.append("*user_data: Any")
        result = self.returned[0] if len(self.returned) == 1 else f"tuple[{', '.join(self.returned)}]"
        return f"({', '.join(words)}) -> {result if self.returned else 'None'}: ..."


def parse(text):
    return ast.parse(text).body


def function_of(node, types, decorator=None, first=None):
    name = python_name(node.get("shadows") or node.get("name"))
    head = f"@{decorator}\n" if decorator else ""
    [function] = parse(f"{head}def {name}{Signature(node, types).text(first)}")
    function.body = docstring(node) + function.body
    return function


def visible(node):
    return node.get("introspectable") != "0" and node.get("shadowed-by") is None


def functions_of(node, types):
    result = []
    for tag, decorator, first in (("constructor", "classmethod", "cls"), ("function", "staticmethod", None),
                                  ("method", None, "self")):
        result += [function_of(child, types, decorator, first) for child in node.findall(CORE + tag) if visible(child)]
    return result


def properties_of(node, types):
    """The keywords of the class and its `props`."""
    keywords, body = [], []
    for child in filter(visible, node.findall(CORE + "property")):
        name = python_name(child.get("name"))
        read, written = types.of(child), types.of(child, given=True)
        if child.get("writable") == "1":
            keywords.append(f"{name}: {written} = ...")
        if child.get("readable") != "0":
            body += parse(f"{name}: {read}")
    if not body:
        return []
    [props] = parse("class Props: ...")
    props.body = body
    result = [props] + parse("@property\ndef props(self) -> Props: ...")
    if keywords:
        result += parse(f"def __init__(self, *, {', '.join(keywords)}) -> None: ...")
    return result


def fields_of(node, types):
    """Of a structure: what can be read."""
    result = []
    for child in filter(visible, node.findall(CORE + "field")):
        if node.tag == CORE + "record" and child.get("private") != "1" and child.get("readable") != "0":
            result += parse(f"{python_name(child.get('name'))}: {types.of(child)}")
    return result


def class_of(node, types):
    parent = node.get("parent") or ("GObject.GBoxed" if node.tag == CORE + "record" else "GObject.GObject")
    [result] = parse(f"class {node.get('name')}({parent}): ...")
    result.body = docstring(node) + fields_of(node, types) + properties_of(node, types) + functions_of(node, types) or result.body
    return result


def enumeration_of(node, types):
    if node.get(GLIB + "error-domain"):
        types.modules.add("GLib")
    [result] = parse(f"class {node.get('name')}(GObject.{'GFlags' if node.tag == CORE + 'bitfield' else 'GEnum'}): ...")
    members = [parse(f"{member.get('name').upper()}: {node.get('name')}")[0] for member in node.findall(CORE + "member")]
    result.body = docstring(node) + members + functions_of(node, types)
    return result


def statements(namespace, types):
    for node in namespace.findall(CORE + "constant"):
        yield from parse(f"{node.get('name')}: {types.of(node)}")
    for tag in ("enumeration", "bitfield"):
        yield from (enumeration_of(node, types) for node in namespace.findall(CORE + tag) if visible(node))
    for tag in ("record", "class"):
        yield from (class_of(node, types) for node in namespace.findall(CORE + tag)
                    if visible(node) and not node.get(GLIB + "is-gtype-struct-for"))
    yield from (function_of(node, types) for node in namespace.findall(CORE + "function") if visible(node))


def spell_out(body, namespace, types):
    """Puts the properties of VideoOptions in the place of `**changes`, so that one misspelt is found."""
    options = next((node for node in namespace.findall(CORE + "class") if node.get("name") == "VideoOptions"), None)
    written = [] if options is None else [
        (python_name(node.get("name")), types.of(node, given=True))
        for node in options.findall(CORE + "property") if node.get("writable") == "1"]
    for function in (node for top in body for node in ast.walk(top) if isinstance(node, ast.FunctionDef)):
        arguments = function.args
        if arguments.kwarg is None or arguments.kwarg.arg != "changes" or not written:
            continue
        arguments.kwarg = None
        said = {argument.arg for argument in arguments.kwonlyargs}
        for name, kind in written:
            if name not in said:
                arguments.kwonlyargs.append(ast.arg(name, ast.parse(kind, mode="eval").body))
                arguments.kw_defaults.append(ast.Constant(...))


def name_of(node):
    if isinstance(node, ast.AnnAssign):
        return node.target.id
    return getattr(node, "name", None)


def lay_over(body, overlay):
    """What the overlay says of a class replaces what is there; what it does not mention stays."""
    classes = {name_of(node): node for node in body if isinstance(node, ast.ClassDef)}
    first = []
    for node in overlay:
        known = classes.get(name_of(node))
        if known is None:
            first.append(node)
            continue
        known.bases += node.bases
        said = {name_of(child) for child in node.body}
        # What calling the class takes is said by one of the two.
        said |= {"__init__"} if "__new__" in said else set()
        known.body = [child for child in known.body if name_of(child) is None or name_of(child) not in said]
        known.body += [child for child in node.body if name_of(child) is not None]
    return first + body


def main():
    gir, overlay, output = map(pathlib.Path, sys.argv[1:])
    namespace = ElementTree.parse(gir).getroot().find(CORE + "namespace")
    types = Types(namespace)
    body = lay_over(list(statements(namespace, types)), ast.parse(overlay.read_text(encoding="utf-8")).body)
    spell_out(body, namespace, types)
    types.modules.discard(types.own)
    imports = parse("from typing import Any, Callable, Sequence\n"
                    f"from gi.repository import {', '.join(sorted(types.modules))}")
    module = ast.fix_missing_locations(ast.Module(imports + body, []))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(HEADER.format(gir=gir.name) + "\n" + ast.unparse(module) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
