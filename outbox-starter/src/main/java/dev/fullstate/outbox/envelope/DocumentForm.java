package dev.fullstate.outbox.envelope;

import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.type.descriptor.WrapperOptions;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.SerializationContext;

/**
 * Writes a JSON document as its column has it: the application's format mapper of Hibernate turns the value into text, and the
 * form copies that token by token, with all digits of its numbers.
 */
final class DocumentForm implements ValueForm {

    /** Without limits of size: a document that fits into the column is not refused here, and the event has a limit of its own. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JdbcMapping mapping;
    private final WrapperOptions options;

    DocumentForm(JdbcMapping mapping, WrapperOptions options) {
        this.mapping = mapping;
        this.options = options;
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        copy(text(value), generator);
    }

    private String text(Object value) {
        return String.valueOf(ColumnValue.of(mapping, value, options).value());
    }

    static void copy(String json, JsonGenerator generator) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    generator.writeNumber(parser.getString());
                } else {
                    generator.copyCurrentEvent(parser);
                }
            }
        }
    }
}
