package dev.fullstate.outbox.aggregate;

import java.util.List;

import org.hibernate.property.access.spi.Getter;

/**
 * A persistent attribute of an entity or embeddable at one place.
 *
 * @param name as declared in Java
 * @param getter reads it where Hibernate reads it
 * @param columns that hold it; none where it has none of its own, as a collection
 * @param role its part in the aggregate's state at this place
 */
public record Attribute(String name, Getter getter, List<Column> columns, Role role) {

    /**
     * A column.
     *
     * @param name qualified by its table, as Hibernate writes it into SQL
     * @param written whether the attribute writes it; another one may
     */
    public record Column(String name, boolean written) {}

    @Override
    public String toString() {
        return name + ": " + role;
    }
}
