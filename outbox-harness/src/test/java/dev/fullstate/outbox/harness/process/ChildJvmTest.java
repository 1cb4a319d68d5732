package dev.fullstate.outbox.harness.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ChildJvmTest {

    private static final Duration GRACE = Duration.ofSeconds(30);

    /** Says a word, and ends. */
    static final class Speaker {

        public static void main(String[] words) {
            System.out.println(words[0]);
        }
    }

    @TempDir
    Path folder;

    @Test
    void outputBeginsWithTheFirstLineOfThisRunAndNotOfAnEarlierOne() throws IOException {
        assertThat(outputOf("first")).isEqualTo("first\n");
        assertThat(outputOf("second")).isEqualTo("second\n");
    }

    private String outputOf(String word) throws IOException {
        List<String> arguments = List.of("-cp", System.getProperty("java.class.path"), Speaker.class.getName(), word);
        try (ChildJvm jvm = ChildJvm.start("speaker", folder, arguments, GRACE);
                InputStream output = jvm.output()) {
            jvm.awaitEnd(GRACE);
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
