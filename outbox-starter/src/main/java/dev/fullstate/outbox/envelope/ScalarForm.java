package dev.fullstate.outbox.envelope;

import java.util.function.Function;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes a value as one token of JSON, with the same text as the name of a member. */
final class ScalarForm<T> implements ValueForm, KeyForm {

    private enum Token {
        STRING,
        NUMBER,
        BOOLEAN
    }

    private final Class<T> type;
    private final Token token;
    private final Function<? super T, String> text;

    private ScalarForm(Class<T> type, Token token, Function<? super T, String> text) {
        this.type = type;
        this.token = token;
        this.text = text;
    }

    static <T> ScalarForm<T> string(Class<T> type, Function<? super T, String> text) {
        return new ScalarForm<>(type, Token.STRING, text);
    }

    static <T> ScalarForm<T> number(Class<T> type, Function<? super T, String> text) {
        return new ScalarForm<>(type, Token.NUMBER, text);
    }

    static ScalarForm<Boolean> bool() {
        return new ScalarForm<>(Boolean.class, Token.BOOLEAN, Object::toString);
    }

    Class<T> type() {
        return type;
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        String written = text.apply(type.cast(value));
        switch (token) {
            case STRING -> generator.writeString(written);
            case NUMBER -> generator.writeNumber(written);
            case BOOLEAN -> generator.writeBoolean(Boolean.parseBoolean(written));
        }
    }

    @Override
    public void writeName(Object value, JsonGenerator generator, SerializationContext context) {
        generator.writeName(text.apply(type.cast(value)));
    }
}
