//! A document with 300 operations, written by code: nobody would read it.

use std::fmt::Write;

/// As many as the largest public documents have.
const OPERATIONS: usize = 300;

/// The text of the document.
pub fn document() -> String {
    let mut text = String::from(
        "# a complete API: 300 operations, each with a schema of its own\nopenapi: 3.0.3\ninfo: {title: Hundreds, version: 1.0.0}\n\
         servers: [{url: 'https://hundreds.example'}]\npaths:\n",
    );
    for number in 0..OPERATIONS {
        let operation = match number % 3 {
            0 => create(number),
            1 => list(number),
            _ => read(number),
        };
        text.push_str(&operation);
    }
    text.push_str("components:\n  schemas:\n    Fault: {type: object, properties: {message: {type: string}}}\n");
    for number in 0..OPERATIONS {
        // Rings of ten: each schema holds the next one.
        let _ = writeln!(
            text,
            "    Thing{number}: {{type: object, required: [id], properties: {{id: {{type: string}}, name: {{type: string, nullable: true}}, \
             kind: {{type: string, enum: [a, b]}}, next: {{$ref: '#/components/schemas/Thing{}'}}, tags: {{type: array, items: {{type: string}}}}}}}}",
            number / 10 * 10 + (number + 1) % 10
        );
    }
    text
}

fn reply(status: u16, schema: &str) -> String {
    format!("        '{status}': {{description: A reply., content: {{application/json: {{schema: {schema}}}}}}}\n")
}

fn thing(number: usize) -> String {
    format!("{{$ref: '#/components/schemas/Thing{number}'}}")
}

fn create(number: usize) -> String {
    format!(
        "  /things{number}:\n    post:\n      operationId: create_thing_{number}\n      requestBody: {{required: true, content: {{application/json: \
         {{schema: {{type: object, properties: {{name: {{type: string}}}}}}}}}}}}\n      responses:\n{}{}        '404': {{description: Nothing.}}\n",
        reply(201, &thing(number)),
        reply(400, "{$ref: '#/components/schemas/Fault'}"),
    )
}

fn list(number: usize) -> String {
    format!(
        "  /things{number}:\n    get:\n      operationId: list_things_{number}\n      parameters: [{{name: page, in: query, schema: {{type: integer}}}}, \
         {{name: kinds, in: query, schema: {{type: array, items: {{type: string}}}}}}]\n      responses:\n{}        default: {{description: Anything else.}}\n",
        reply(200, &format!("{{type: array, items: {}}}", thing(number))),
    )
}

fn read(number: usize) -> String {
    format!(
        "  /things{number}/{{id}}:\n    get:\n      operationId: read_thing_{number}\n      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}, \
         {{name: verbose, in: query, schema: {{type: boolean}}}}]\n      responses:\n{}        '404': {{description: Nothing.}}\n",
        reply(200, &thing(number)),
    )
}
