package dev.fullstate.outbox.rows;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.jspecify.annotations.Nullable;

/** The basic values of an id, in Hibernate's order, which is that of their columns. */
final class IdParts {

    private final List<BasicValuedModelPart> parts;
    private final @Nullable EmbeddableMappingType embeddable;

    private IdParts(List<BasicValuedModelPart> parts, @Nullable EmbeddableMappingType embeddable) {
        this.parts = parts;
        this.embeddable = embeddable;
    }

    /** Returns null if a part of the id is not basic. */
    static @Nullable IdParts of(EntityIdentifierMapping id) {
        if (id instanceof CompositeIdentifierMapping composite) {
            return of(composite.getMappedIdEmbeddableTypeDescriptor());
        }
        return id instanceof BasicValuedModelPart basic ? new IdParts(List.of(basic), null) : null;
    }

    private static @Nullable IdParts of(EmbeddableMappingType embeddable) {
        List<BasicValuedModelPart> parts = new ArrayList<>();
        for (int i = 0; i < embeddable.getNumberOfAttributeMappings(); i++) {
            AttributeMapping attribute = embeddable.getAttributeMapping(i);
            if (!(attribute instanceof BasicValuedModelPart basic)) {
                return null;
            }
            parts.add(basic);
        }
        return new IdParts(parts, embeddable);
    }

    /** Returns the columns of the values. */
    List<BasicValuedModelPart> columns() {
        return parts;
    }

    /** Returns the id that consists of these values. */
    Object whole(Object[] values) {
        return embeddable == null
                ? values[0]
                : embeddable.getRepresentationStrategy().getInstantiator().instantiate(() -> values);
    }

    /** Reads the id of a row, from a column on. */
    Object read(ResultSet row, int firstColumn, SharedSessionContractImplementor session) throws SQLException {
        Object[] values = new Object[parts.size()];
        for (int i = 0; i < values.length; i++) {
            JdbcMapping mapping = parts.get(i).getJdbcMapping();
            Object value = mapping.getJdbcValueExtractor().extract(row, firstColumn + i, session);
            values[i] = mapping.convertToDomainValue(value);
        }
        return whole(values);
    }
}
