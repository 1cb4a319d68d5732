package dev.fullstate.outbox.aggregate;

import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.rows.ColumnTypes;

/** The text form of a root's identifier: Kafka key, CloudEvents {@code subject} and column {@code aggregateid}. */
final class AggregateId {

    private final TextForm form;

    AggregateId(EntityPersister root, ColumnTypes columns) {
        EntityIdentifierMapping id = root.getIdentifierMapping();
        if (id instanceof CompositeIdentifierMapping composite && isWithoutClass(composite)) {
            throw new AggregateMappingException(
                    root.getEntityName()
                            + " has @PublishFullState and an id of several attributes, or of an association,"
                            + " but no class for it, so that only the entity itself stands for its id",
                    "Give it an @IdClass, or an @EmbeddedId.");
        }
        TextForm textForm = TextForm.of(id, columns);
        if (textForm == null) {
            throw new AggregateMappingException(
                    "The id of " + root.getEntityName() + " is of type "
                            + root.getIdentifierType().getName()
                            + ", which has no text form for the key of its events: one that stays the same, and from which the"
                            + " id can be read again",
                    "Use a basic type, or an embeddable of basic types, as the id of an entity with @PublishFullState."
                            + " A UserType has to be an EnhancedUserType, which has a text form.");
        }
        this.form = textForm;
    }

    /** Returns whether Hibernate has only the entity itself to stand for its id. */
    static boolean isWithoutClass(CompositeIdentifierMapping id) {
        return id.getNature() == EntityIdentifierMapping.Nature.VIRTUAL && !id.hasContainingClass();
    }

    String format(Object value) {
        return form.write(value);
    }

    /** Returns the values of the id that {@link #format} turned into this text, in Hibernate's order. */
    Object[] parse(String text) {
        return form.read(text);
    }
}
