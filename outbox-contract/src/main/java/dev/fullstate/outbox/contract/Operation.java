package dev.fullstate.outbox.contract;

/** What happened to the aggregate in its transaction, as a whole. */
public enum Operation {
    CREATE("create"),
    UPDATE("update"),
    DELETE("delete");

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    /** The word in the table's column and in the record's header. */
    public String label() {
        return label;
    }
}
