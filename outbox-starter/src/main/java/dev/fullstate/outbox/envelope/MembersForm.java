package dev.fullstate.outbox.envelope;

import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** Writes the members of one class as an object. */
final class MembersForm implements ValueForm {

    private final Member[] members;

    MembersForm(List<Member> members) {
        this.members = members.toArray(Member[]::new);
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        generator.writeStartObject(value);
        for (Member member : members) {
            try {
                member.write(value, generator, context);
            } catch (JacksonException e) {
                throw e.prependPath(value, member.name());
            }
        }
        generator.writeEndObject();
    }
}
