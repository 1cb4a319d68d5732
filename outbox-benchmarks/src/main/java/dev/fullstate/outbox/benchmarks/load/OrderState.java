package dev.fullstate.outbox.benchmarks.load;

import java.util.SplittableRandom;

/**
 * The state of an order as JSON, of a given size: items with product numbers, names, amounts and notes, so that it compresses
 * as such documents do, neither like zeros nor like noise. ASCII, so that characters are bytes.
 */
final class OrderState {

    private static final String[] WORDS = {
        "steel", "oak", "linen", "copper", "walnut", "amber", "cotton", "marble", "bronze", "maple", "slate", "silver",
        "table", "lamp", "chair", "shelf", "frame", "bowl", "vase", "clock", "mirror", "basket", "carpet", "bench"
    };

    private final SplittableRandom random;
    private final int size;
    private final StringBuilder json = new StringBuilder();

    OrderState(long seed, int size) {
        this.random = new SplittableRandom(seed);
        this.size = size;
    }

    String json(int number, String key, int version) {
        json.setLength(0);
        json.append(EventNumber.member(number))
                .append(",\"id\":\"")
                .append(key)
                .append("\",\"version\":")
                .append(version)
                .append(",\"status\":\"PLACED\",\"items\":[");
        String end = "],\"note\":\"";
        String close = "\"}";
        while (json.length() + end.length() + close.length() + 130 < size) {
            item();
            json.append(',');
        }
        if (json.charAt(json.length() - 1) == ',') {
            json.setLength(json.length() - 1);
        }
        json.append(end);
        while (json.length() + close.length() < size) {
            json.append(word()).append(' ');
        }
        json.setLength(size - close.length());
        return json.append(close).toString();
    }

    private void item() {
        json.append("{\"product\":\"")
                .append(Integer.toHexString(random.nextInt()))
                .append("\",\"name\":\"")
                .append(word())
                .append(' ')
                .append(word())
                .append("\",\"quantity\":")
                .append(1 + random.nextInt(20))
                .append(",\"unitPrice\":")
                .append(random.nextInt(1000))
                .append('.')
                .append(10 + random.nextInt(90))
                .append('}');
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
