package dev.fullstate.outbox.rows;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.ValuedModelPart;
import org.hibernate.metamodel.mapping.internal.EmbeddedAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.session.SessionConnection;

/**
 * The row in which a part refers to its owner. A transaction that loaded a part without a version before another one moved it
 * would write the old owner back, which moves the part again without a trace (docs/adr/0002).
 */
public final class PartTable {

    private static final int ROWS_PER_STATEMENT = 1_000;

    private final IdColumns id;
    private final IdColumns owner;
    private final String select;
    private final String row;
    private final String condition;
    private final boolean hidesOwners;

    private PartTable(String table, IdColumns id, Owner owner, boolean hidesOwners) {
        this.id = id;
        this.hidesOwners = hidesOwners;
        this.owner = owner.id();
        this.select = "select page.position from " + table + " part" + owner.join() + " join (values ";
        this.row = id.placeholders() + ", " + this.owner.placeholders();
        List<String> ids = id.names("part");
        List<String> owners = this.owner.names(owner.alias());
        List<String> partKeys = keys("k", ids.size());
        List<String> ownerKeys = keys("o", owners.size());
        this.condition = ") as page (position, " + String.join(", ", partKeys) + ", " + String.join(", ", ownerKeys)
                + ") on (" + String.join(", ", ids) + ") = (" + String.join(", ", partKeys) + ") and ("
                + String.join(", ", owners) + ") is not distinct from (" + String.join(", ", ownerKeys)
                + ") order by " + String.join(", ", ids) + " for no key update of part";
    }

    private static List<String> keys(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /**
     * The columns that tell a part's owner.
     *
     * @param id of the owner
     * @param alias of the table that has them: the part's, or the owner's where the part refers to something else than the id
     * @param join that brings the owner's table; empty if it is not needed
     */
    private record Owner(IdColumns id, String alias, String join) {}

    /** A part with the owner that it should have; null for none. */
    public record Row(Object id, @Nullable Object owner) {}

    /**
     * Returns the table of a part that refers to its owner.
     *
     * @param backReference the part's attribute, dotted where it lies in an embeddable
     * @return null if no other transaction can move the part unnoticed, because it has a version that counts that, or the owner is part
     *     of its id
     */
    public static @Nullable PartTable of(
            EntityPersister part, EntityPersister owner, String backReference, ColumnTypes types) {
        ToOneAttributeMapping reference = reference(part, backReference);
        if (reference == null || isCountedByVersion(part, backReference)) {
            return null;
        }
        String table = reference.getForeignKeyDescriptor().getKeyTable();
        IdColumns id = key(part, table, types);
        Owner owned = owner(reference, owner, types);
        boolean hidesOwners = reference.hasNotFoundAction()
                || reference.getAssociatedEntityMappingType().getSoftDeleteMapping() != null;
        return id == null || owned == null ? null : new PartTable(table, id, owned, hidesOwners);
    }

    private static boolean isCountedByVersion(EntityPersister part, String backReference) {
        String attribute = List.of(backReference.split("\\.")).get(0);
        return part.isVersioned() && part.getPropertyVersionability()[part.getPropertyIndex(attribute)];
    }

    /** Returns the columns that have the id of an entity in one of its tables; null if that is no table of the entity. */
    private static @Nullable IdColumns key(EntityPersister entity, String tableName, ColumnTypes types) {
        return entity instanceof AbstractEntityPersister persister
                ? Arrays.stream(persister.getTableMappings())
                        .filter(table -> table.getTableName().equals(tableName))
                        .findFirst()
                        .map(table -> new IdColumns(
                                tableName, table.getKeyMapping().getKeyColumns(), entity.getIdentifierType(), types))
                        .orElse(null)
                : null;
    }

    private static @Nullable Owner owner(ToOneAttributeMapping reference, EntityPersister owner, ColumnTypes types) {
        ForeignKeyDescriptor key = reference.getForeignKeyDescriptor();
        List<SelectableMapping> references = selectables(key.getKeyPart());
        if (reference.isReferenceToPrimaryKey()) {
            return new Owner(
                    new IdColumns(key.getKeyTable(), references, owner.getIdentifierType(), types), "part", "");
        }
        IdColumns id = key(owner, key.getTargetTable(), types);
        return id == null
                ? null
                : new Owner(
                        id,
                        "owner",
                        " left join " + key.getTargetTable() + " owner on (" + columns("part", references) + ") = ("
                                + columns("owner", selectables(key.getTargetPart())) + ")");
    }

    private static List<SelectableMapping> selectables(ValuedModelPart part) {
        List<SelectableMapping> columns = new ArrayList<>();
        part.forEachSelectable((index, column) -> columns.add(column));
        return columns;
    }

    private static String columns(String alias, List<SelectableMapping> columns) {
        return columns.stream()
                .map(column -> alias + "." + column.getSelectionExpression())
                .collect(Collectors.joining(", "));
    }

    /** Returns null if the reference is part of the id, which never changes. */
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
     * Returns whether a part may be loaded without the owner that its row has: a missing one is ignored, or a deleted one hidden. Then the
     * absence of an owner says nothing about the row.
     */
    public boolean hidesOwners() {
        return hidesOwners;
    }

    /**
     * Locks the rows of those parts that belong to their owners, always in the same order. From then on, other transactions that
     * move such a part have to wait.
     *
     * @return the parts that belong to their owners
     */
    public Set<Row> lockOwned(SharedSessionContractImplementor session, List<Row> parts) {
        Set<Row> owned = new HashSet<>();
        for (int from = 0; from < parts.size(); from += ROWS_PER_STATEMENT) {
            List<Row> page = parts.subList(from, Math.min(parts.size(), from + ROWS_PER_STATEMENT));
            owned.addAll(SessionConnection.call(session, connection -> lockOwned(connection, session, page)));
        }
        return owned;
    }

    private Set<Row> lockOwned(Connection connection, SharedSessionContractImplementor session, List<Row> page)
            throws SQLException {
        String rows = IntStream.range(0, page.size())
                .mapToObj(position -> "(" + position + ", " + row + ")")
                .collect(Collectors.joining(", "));
        try (PreparedStatement statement = connection.prepareStatement(select + rows + condition)) {
            int index = 1;
            for (Row part : page) {
                index = id.bind(statement, index, part.id(), session);
                index = owner.bind(statement, index, part.owner(), session);
            }
            Set<Row> owned = new HashSet<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    owned.add(page.get(result.getInt(1)));
                }
            }
            return owned;
        }
    }

    /**
     * Takes two links of one part for equal, from an owner and from one that extends it, because their statements are the same.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PartTable table && table.select.equals(select) && table.condition.equals(condition);
    }

    @Override
    public int hashCode() {
        return Objects.hash(select, condition);
    }
}
