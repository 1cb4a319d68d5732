package dev.fullstate.outbox.fragile;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Roots that differ from the values that were read although no code has touched them. */
final class DirtyByItself {

    private DirtyByItself() {}

    /** A value without {@code equals}. */
    static final class Unequal {

        public final String text;

        Unequal(String text) {
            this.text = text;
        }
    }

    /** Makes a new value each time. */
    static final class UnequalConverter implements AttributeConverter<Unequal, String> {

        @Override
        public String convertToDatabaseColumn(Unequal value) {
            return value == null ? null : value.text;
        }

        @Override
        public Unequal convertToEntityAttribute(String text) {
            return text == null ? null : new Unequal(text);
        }
    }

    @Entity(name = "Converted")
    @PublishFullState
    static class Converted {

        @Id
        String id;

        @Convert(converter = UnequalConverter.class)
        Unequal remark = new Unequal("converted");

        @Version
        long version;

        protected Converted() {}

        Converted(String id) {
            this.id = id;
        }
    }

    @Entity(name = "Trimmed")
    @PublishFullState
    static class Trimmed {

        private String id;
        private String text;
        private long version;

        protected Trimmed() {}

        Trimmed(String id, String text) {
            this.id = id;
            this.text = text;
        }

        @Id
        public String getId() {
            return id;
        }

        public void setId(String id) {
            this.id = id;
        }

        public String getText() {
            return text == null ? null : text.trim();
        }

        public void setText(String text) {
            this.text = text;
        }

        @Version
        public long getVersion() {
            return version;
        }

        public void setVersion(long version) {
            this.version = version;
        }
    }

    @Entity(name = "Completed")
    @PublishFullState
    static class Completed {

        @Id
        String id;

        String text;

        @Version
        long version;

        protected Completed() {}

        Completed(String id) {
            this.id = id;
        }

        @PostLoad
        void complete() {
            text = "completed";
        }
    }
}
