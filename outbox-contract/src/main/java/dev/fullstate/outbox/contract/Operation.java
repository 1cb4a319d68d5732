package dev.fullstate.outbox.contract;

/** The change of an aggregate by one transaction as a whole. */
public enum Operation {
    CREATE("create"),
    UPDATE("update"),
    DELETE("delete");

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    /** {@return the word in the table's column and in the record's header} */
    public String label() {
        return label;
    }
}
