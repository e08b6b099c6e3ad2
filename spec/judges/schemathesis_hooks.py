"""How Schemathesis writes what it made up for the mock vendors: nested members of forms and of queries in brackets.

By `encoding` and by `deepObject` it brings objects into brackets itself. It leaves objects inside lists alone, and it makes up
members with names that brackets cannot hold: `a[]` is a list, `a[b]c]` is nothing. Such members are left out here; that they may
be there is no rule of the documents that a request could keep or break.
"""

import re
from urllib.parse import urlencode

import schemathesis

NAME = re.compile(r"[^\[\]]+(\[[^\[\]]+\])*")


def is_speakable(name):
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def is_plain(value):
    return not isinstance(value, (dict, list))


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return value if isinstance(value, (str, bytes)) else str(value)


def pairs(name, value):
    """One member of a form as pairs of name and text; a list is `name[]`, an object in it `name[][member]`."""
    if isinstance(value, list):
        plain = [item for item in value if is_plain(item)]
        for item in plain:
            yield f"{name}[]", text(item)
        if not plain:
            for item in value:
                yield from ((f"{name}[][{key}]", text(inner)) for key, inner in members(item))
    elif isinstance(value, dict):
        yield from ((f"{name}[{key}]", text(inner)) for key, inner in members(value))
    else:
        yield name, text(value)


def members(value):
    """The members of an object that can be written one level deep."""
    if not isinstance(value, dict):
        return []
    return [(key, inner) for key, inner in value.items() if is_speakable(key) and "[" not in key and is_plain(inner)]


@schemathesis.serializer("application/x-www-form-urlencoded")
def form(ctx, value):
    if not isinstance(value, dict):
        return value if isinstance(value, bytes) else text(value).encode("utf-8", "surrogatepass")
    written = [pair for name, inner in value.items() if is_speakable(name) for pair in pairs(name, inner)]
    # An object without members has become an empty text by now, and has no other way to be written than not at all.
    written = [(name, inner) for name, inner in written if inner != "" or "[" not in name or name.endswith("[]")]
    return urlencode(written, errors="surrogatepass").encode()


@schemathesis.hook
def map_query(ctx, query):
    """A filter such as `created[gt]` is kept; what else was made up in brackets is, if it is a plain value under a name."""
    if not isinstance(query, dict):
        return query
    declared = set(filters(ctx.operation))
    return {
        name: value
        for name, value in query.items()
        if "[" not in name or name in declared or (is_speakable(name) and name.count("[") == 1 and is_plain(value))
    }


def filters(operation):
    """The names of the declared members of objects in the query."""
    for parameter in operation.query:
        schema = parameter.definition.get("schema")
        if isinstance(schema, dict):
            yield from (f"{parameter.name}[{key}]" for key in schema.get("properties", {}))
