package dev.fullstate.outbox.rows;

import java.sql.PreparedStatement;
import java.util.Collections;
import java.util.List;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.session.SessionConnection;

/** The rows that record the parts of a collection: those of the parts themselves, or of a join table. */
public final class CollectionTable {

    private final Type idType;
    private final String lockPrefix;
    private final String placeholders;

    private CollectionTable(EntityPersister part, AbstractCollectionPersister collection) {
        String[] columns = collection.getElementColumnNames();
        this.idType = part.getIdentifierType();
        this.lockPrefix =
                "select 1 from " + collection.getTableName() + " where (" + String.join(", ", columns) + ") in (";
        this.placeholders = "(" + String.join(", ", Collections.nCopies(columns.length, "?")) + ")";
    }

    /**
     * Returns the rows of an owner's attribute.
     *
     * @param attributePath the owning attribute, dotted where it lies in an embeddable
     * @return null if the attribute is not a collection that refers to its parts by their ids
     */
    public static @Nullable CollectionTable of(EntityPersister part, EntityPersister owner, String attributePath) {
        return owner.findByPath(attributePath) instanceof PluralAttributeMapping attribute
                        && attribute.getCollectionDescriptor() instanceof AbstractCollectionPersister collection
                        && collection.getElementColumnNames().length == part.getIdentifierColumnNames().length
                ? new CollectionTable(part, collection)
                : null;
    }

    /** Locks the rows of these parts. From then on, other transactions that move one of them have to wait. */
    public void lock(SharedSessionContractImplementor session, List<Object> partIds) {
        String sql = lockPrefix + String.join(", ", Collections.nCopies(partIds.size(), placeholders))
                + ") for no key update";
        SessionConnection.run(session, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int next = 1;
                for (Object id : partIds) {
                    idType.nullSafeSet(statement, id, next, session);
                    next += idType.getColumnSpan(session.getFactory().getRuntimeMetamodels());
                }
                statement.executeQuery().close();
            }
        });
    }
}
