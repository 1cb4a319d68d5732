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
 * A document of JSON as its column has it: what the application's own format mapper of Hibernate makes of the value, token
 * by token, with numbers to the digit.
 */
final class DocumentForm implements ValueForm {

    /** What fits into the column is not refused for its size here; the event's own limit comes later. */
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
