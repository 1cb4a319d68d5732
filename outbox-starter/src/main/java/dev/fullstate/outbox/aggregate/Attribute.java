package dev.fullstate.outbox.aggregate;

import java.util.ArrayList;
import java.util.List;

import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.property.access.spi.Getter;

/**
 * A persistent attribute of an entity or embeddable at one place.
 *
 * @param name as declared in Java
 * @param getter reads it where Hibernate reads it
 * @param columns that hold it; none if it has none of its own, such as a collection
 * @param role of the attribute in the aggregate's state at this place
 */
public record Attribute(String name, Getter getter, List<Column> columns, Role role) {

    /**
     * A column.
     *
     * @param name qualified by its table, as Hibernate writes it into SQL
     * @param written whether the attribute writes it; if not, another one may
     */
    public record Column(String name, boolean written) {

        static String name(SelectableMapping column) {
            return column.getContainingTableExpression() + "." + column.getSelectionExpression();
        }
    }

    static Attribute of(AttributeMapping mapping, Role role) {
        return new Attribute(
                mapping.getAttributeName(), mapping.getPropertyAccess().getGetter(), columns(mapping), role);
    }

    /** Returns the columns of an attribute or an id. */
    static List<Column> columns(ModelPart mapping) {
        List<Column> columns = new ArrayList<>();
        if (!(mapping instanceof PluralAttributeMapping)
                && !(mapping instanceof ToOneAttributeMapping toOne && Ownership.isInverse(toOne))) {
            mapping.forEachSelectable((index, column) ->
                    columns.add(new Column(Column.name(column), column.isInsertable() || column.isUpdateable())));
        }
        return List.copyOf(columns);
    }

    @Override
    public String toString() {
        return name + ": " + role;
    }
}
