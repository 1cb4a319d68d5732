package dev.fullstate.outbox.benchmarks.report;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Markdown with parts that are generated. A part lies between {@code <!-- benchmark:NAME -->} and
 * {@code <!-- /benchmark:NAME -->}, which stay when it is replaced.
 *
 * @param name where the document is, for messages
 * @param text all of it
 */
record Document(String name, String text) {

    private static final Pattern MARKER = Pattern.compile("<!-- (/?)benchmark:([\\w.-]+) -->");

    boolean hasParts() {
        return MARKER.matcher(text).find();
    }

    /**
     * Replaces all parts.
     *
     * @param parts from the name of a part to its text
     * @throws IllegalArgumentException if a part does not end, or ends without having begun
     */
    Document splice(UnaryOperator<String> parts) {
        StringBuilder spliced = new StringBuilder();
        Matcher marker = MARKER.matcher(text);
        int kept = 0;
        while (marker.find()) {
            String part = marker.group(2);
            int begin = marker.end();
            boolean opens = marker.group(1).isEmpty();
            if (!opens
                    || !marker.find()
                    || marker.group(1).isEmpty()
                    || !marker.group(2).equals(part)) {
                throw new IllegalArgumentException("%s: the part '%s' of the benchmark has no %s before another marker"
                        .formatted(name, part, opens ? "end" : "beginning"));
            }
            spliced.append(text, kept, begin)
                    .append("\n\n")
                    .append(parts.apply(part))
                    .append("\n\n");
            kept = marker.start();
        }
        return new Document(name, spliced.append(text, kept, text.length()).toString());
    }
}
