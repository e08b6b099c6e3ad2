//! A document of any number of operations.

use std::fmt::Write;

/// The text of a document with so many operations, each with a schema of its own.
pub(super) fn document(operations: usize) -> String {
    let mut text = String::from(
        "openapi: 3.0.3\ninfo: {title: Hundreds, version: 1.0.0}\nservers: [{url: 'https://hundreds.example'}]\npaths:\n",
    );
    // Writing into a text does not fail.
    for number in 0..operations {
        let _ = write!(
            text,
            "  /things{number}/{{id}}:\n    get:\n      operationId: read_thing_{number}\n      summary: Reads a thing.\n      \
             parameters:\n        - {{name: id, in: path, required: true, schema: {{type: string}}}}\n        \
             - {{name: page, in: query, schema: {{type: integer}}}}\n      responses:\n        '200':\n          \
             description: A thing.\n          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Thing{number}'}}}}}}\n        \
             '404': {{description: Nothing.}}\n"
        );
    }
    text.push_str("components:\n  schemas:\n");
    for number in 0..operations {
        let _ = write!(
            text,
            "    Thing{number}:\n      type: object\n      required: [id]\n      properties:\n        id: {{type: string}}\n        \
             name: {{type: string, nullable: true}}\n        kind: {{type: string, enum: [a, b]}}\n        \
             tags: {{type: array, items: {{type: string}}}}\n"
        );
    }
    text
}
