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
import org.hibernate.metamodel.mapping.SelectableMapping;
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

    private PartTable(IdColumns id, IdColumns owner, String table) {
        this.id = id;
        this.owner = owner;
        this.select = "select page.position from " + table + " part join (values ";
        this.row = id.placeholders() + ", " + owner.placeholders();
        List<String> ids = id.names("part");
        List<String> owners = owner.names("part");
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

    /** A part with the owner that it should have; null for none. */
    public record Row(Object id, @Nullable Object owner) {}

    /**
     * Returns the table of a part that refers to its owner.
     *
     * @param backReference the part's attribute, dotted where it lies in an embeddable
     * @return null if no other transaction can move the part unnoticed, because it has a version, or the owner is part of its id
     */
    public static @Nullable PartTable of(
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
                        name))
                .orElse(null);
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
