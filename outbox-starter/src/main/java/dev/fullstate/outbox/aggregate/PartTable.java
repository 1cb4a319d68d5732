package dev.fullstate.outbox.aggregate;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.session.SessionConnection;

/**
 * The row of a part that says whose it is. A part without a version of its own can be written back by a transaction that has
 * loaded it before another one moved it, which would move it again without a trace.
 */
public final class PartTable {

    private final IdColumns id;
    private final IdColumns owner;
    private final String select;
    private final String ownedByNobody;

    private PartTable(IdColumns id, IdColumns owner, List<SelectableMapping> references, String table) {
        this.id = id;
        this.owner = owner;
        this.select = "select 1 from " + table + " where " + id.isBound() + " and ";
        this.ownedByNobody = references.stream()
                .map(column -> column.getSelectionExpression() + " is null")
                .collect(Collectors.joining(" and "));
    }

    /**
     * The table of a part that refers to its owner.
     *
     * @param backReference the part's attribute, dotted where it lies in an embeddable
     * @return null where the part cannot be moved behind the back of a transaction: it has a version, or the owner is part of
     *     its id
     */
    static @Nullable PartTable of(
            EntityPersister part, EntityPersister owner, String backReference, ColumnTypes types) {
        ToOneAttributeMapping reference = reference(part, backReference);
        if (part.isVersioned()
                || !(part instanceof AbstractEntityPersister persister)
                || reference == null
                || !reference.isReferenceToPrimaryKey()) {
            return null;
        }
        List<SelectableMapping> references = new ArrayList<>();
        reference.forEachSelectable((index, column) -> references.add(column));
        String name = reference.getForeignKeyDescriptor().getKeyTable();
        return Arrays.stream(persister.getTableMappings())
                .filter(table -> table.getTableName().equals(name))
                .findFirst()
                .map(table -> new PartTable(
                        new IdColumns(name, table.getKeyMapping().getKeyColumns(), part.getIdentifierType(), types),
                        new IdColumns(name, references, owner.getIdentifierType(), types),
                        references,
                        name))
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
     * @param ownerId the owner's id; null for none
     * @return whether it does
     */
    public boolean lockIfOwnedBy(SharedSessionContractImplementor session, Object partId, @Nullable Object ownerId) {
        String sql = select + (ownerId == null ? ownedByNobody : owner.isBound()) + " for no key update";
        return SessionConnection.call(session, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int next = id.bind(statement, 1, partId, session);
                if (ownerId != null) {
                    owner.bind(statement, next, ownerId, session);
                }
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        });
    }
}
