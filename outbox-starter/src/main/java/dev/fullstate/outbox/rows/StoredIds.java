package dev.fullstate.outbox.rows;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.type.descriptor.java.EnumJavaType;
import org.hibernate.type.descriptor.java.IntegerJavaType;
import org.hibernate.type.descriptor.java.LongJavaType;
import org.hibernate.type.descriptor.java.ShortJavaType;
import org.hibernate.type.descriptor.java.StringJavaType;
import org.hibernate.type.descriptor.java.UUIDJavaType;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.ColumnTypes.ColumnType;
import dev.fullstate.outbox.session.SessionConnection;

/**
 * The ids of an entity as its table has them. An id that a session has in memory until it loads the entity again may have fewer
 * blanks, more digits or other letters, and so may an id that an application passes (docs/adr/0018).
 */
public final class StoredIds {

    /** Far below the number of parameters that the protocol allows. */
    static final int ROWS_PER_STATEMENT = 1_000;

    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint");
    private static final Set<String> TEXTS = Set.of("text", "character varying");

    /** The types whose values the database returns as it got them. For all others it is asked. */
    private static final Map<Class<?>, Set<String>> GIVEN_BACK = Map.of(
            LongJavaType.class, INTEGERS,
            IntegerJavaType.class, INTEGERS,
            ShortJavaType.class, INTEGERS,
            UUIDJavaType.class, Set.of("uuid"),
            StringJavaType.class, TEXTS,
            EnumJavaType.class, TEXTS);

    private final IdColumns columns;
    private final IdParts parts;
    private final boolean given;
    private final String select;
    private final String from;

    private StoredIds(String table, IdColumns columns, IdParts parts, boolean given) {
        this.columns = columns;
        this.parts = parts;
        this.given = given;
        this.select = "select " + columns.stored("stored") + " from ";
        this.from =
                " left join " + table + " stored on " + columns.isOnPage("stored", "page") + " order by page.position";
    }

    /** Returns null if a part of the ids is not basic. */
    public static @Nullable StoredIds of(EntityPersister subclass, ColumnTypes types) {
        EntityPersister entity = withTable(subclass);
        String table = entity.getRootTableName();
        EntityIdentifierMapping id = entity.getIdentifierMapping();
        IdParts parts = IdParts.of(id);
        if (parts == null) {
            return null;
        }
        List<SelectableMapping> selectables = new ArrayList<>();
        id.forEachSelectable((index, column) -> selectables.add(column));
        boolean given = true;
        for (int i = 0; i < selectables.size(); i++) {
            given &= isGivenBack(parts.columns().get(i), types.of(table, selectables.get(i)));
        }
        IdColumns columns = new IdColumns(table, selectables, entity.getIdentifierType(), types);
        return new StoredIds(table, columns, parts, given);
    }

    /**
     * Returns the entity whose table has a row for each row of an entity: the topmost of the hierarchy, whose key columns may
     * have other names. With a table per class, only the entity's own table has its rows.
     */
    static EntityPersister withTable(EntityPersister entity) {
        return entity instanceof UnionSubclassEntityPersister
                ? entity
                : (EntityPersister) entity.getRootEntityDescriptor();
    }

    private static boolean isGivenBack(BasicValuedModelPart part, ColumnType column) {
        Set<String> types =
                GIVEN_BACK.get(part.getJdbcMapping().getJavaTypeDescriptor().getClass());
        return types != null
                && part.getJdbcMapping().getValueConverter() == null
                && column.exact()
                && types.contains(column.sql());
    }

    /** Returns whether an id is always the one that the table has, so that the database need not be asked. */
    public boolean areGiven() {
        return given;
    }

    /** Returns the id that consists of these values, in Hibernate's order. */
    public Object whole(Object[] values) {
        return parts.whole(values);
    }

    IdColumns columns() {
        return columns;
    }

    /** Reads the id of a row, from a column on. */
    Object read(ResultSet row, int firstColumn, SharedSessionContractImplementor session) throws SQLException {
        return parts.read(row, firstColumn, session);
    }

    /**
     * Returns these ids as the table has them: those of rows that exist, and for others the ids that an insert would store.
     *
     * @return as many, in this order
     */
    public List<Object> of(SharedSessionContractImplementor session, List<?> ids) {
        List<Object> stored = new ArrayList<>(ids.size());
        for (int start = 0; start < ids.size(); start += ROWS_PER_STATEMENT) {
            List<?> some = ids.subList(start, Math.min(ids.size(), start + ROWS_PER_STATEMENT));
            stored.addAll(given ? some : ask(session, some));
        }
        return stored;
    }

    private List<Object> ask(SharedSessionContractImplementor session, List<?> ids) {
        return SessionConnection.call(session, connection -> {
            List<Object> stored = new ArrayList<>(ids.size());
            try (PreparedStatement statement = connection.prepareStatement(select + columns.page(ids.size()) + from)) {
                columns.bind(statement, 1, ids, session);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        stored.add(read(row, 1, session));
                    }
                }
            }
            return stored;
        });
    }
}
