package dev.fullstate.outbox.aggregate;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.EntityTableMapping;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The row of a part that says whose it is. A part without a version of its own can be written back by a transaction that has
 * loaded it before another one moved it, which would move it again without a trace.
 */
public final class PartTable {

    private final EntityPersister part;
    private final Type ownerIdType;
    private final String select;
    private final String ownedBy;
    private final String ownedByNobody;

    private PartTable(EntityPersister part, EntityPersister owner, List<String> references, EntityTableMapping table) {
        this.part = part;
        this.ownerIdType = owner.getIdentifierType();
        String keys = table.getKeyMapping().getKeyColumns().stream()
                .map(column -> column.getColumnName() + " = ?")
                .collect(Collectors.joining(" and "));
        this.select = "select 1 from " + table.getTableName() + " where " + keys + " and ";
        this.ownedBy = all(references.stream().map(column -> column + " = ?")) + " for no key update";
        this.ownedByNobody = all(references.stream().map(column -> column + " is null")) + " for no key update";
    }

    private static String all(Stream<String> conditions) {
        return conditions.collect(Collectors.joining(" and "));
    }

    /**
     * The table of a part that refers to its owner.
     *
     * @param backReference the part's attribute, dotted where it lies in an embeddable
     * @return null where the part cannot be moved behind the back of a transaction: it has a version, or the owner is part of
     *     its id
     */
    static @Nullable PartTable of(EntityPersister part, EntityPersister owner, String backReference) {
        ToOneAttributeMapping reference = reference(part, backReference);
        if (part.isVersioned()
                || !(part instanceof AbstractEntityPersister persister)
                || reference == null
                || !reference.isReferenceToPrimaryKey()) {
            return null;
        }
        List<String> columns = new ArrayList<>();
        reference.forEachSelectable((index, column) -> columns.add(column.getSelectionExpression()));
        String name = reference.getForeignKeyDescriptor().getKeyTable();
        return Arrays.stream(persister.getTableMappings())
                .filter(table -> table.getTableName().equals(name))
                .findFirst()
                .map(table -> new PartTable(part, owner, columns, table))
                .orElse(null);
    }

    /** Null where the reference is part of the id, which never changes. */
    private static @Nullable ToOneAttributeMapping reference(EntityPersister part, String path) {
        List<String> names = List.of(path.split("\\."));
        AttributeMapping attribute = List.of(part.getPropertyNames()).contains(names.get(0))
                ? part.findAttributeMapping(names.get(0))
                : null;
        for (String name : names.subList(1, names.size())) {
            attribute = attribute instanceof EmbeddedAttributeMapping embedded
                    ? embedded.getEmbeddableTypeDescriptor().findAttributeMapping(name)
                    : null;
        }
        return attribute instanceof ToOneAttributeMapping reference ? reference : null;
    }

    /**
     * Locks the row as long as it belongs to an owner; whoever wants to move the part has to wait from then on.
     *
     * @param owner its id; null for none
     * @return whether it does
     */
    public boolean lockIfOwnedBy(SharedSessionContractImplementor session, Object partId, @Nullable Object owner) {
        Type idType = part.getIdentifierType();
        String sql = select + (owner == null ? ownedByNobody : ownedBy);
        return session.doReturningWork(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                idType.nullSafeSet(statement, partId, 1, session);
                if (owner != null) {
                    int next = 1 + idType.getColumnSpan(session.getFactory().getRuntimeMetamodels());
                    ownerIdType.nullSafeSet(statement, owner, next, session);
                }
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        });
    }
}
