package dev.fullstate.outbox.benchmarks.report;

import java.io.StringReader;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ChartTest {

    @Test
    void everyContenderOfBothCasesIsShown() throws Exception {
        String text = text(Chart.of(Sample.results()).orElseThrow());
        assertThat(text)
                .contains("slot-only", "200,000", "debezium-tuned", "40,000")
                .contains("debezium-lowlatency", "10.0", "debezium-default", "925");
    }

    @Test
    void barsAreAsLongAsTheirFigures() {
        Scale scale = Scale.linear(100, 500, 190_000);
        assertThat(scale.ticks()).containsExactly(0, 50_000, 100_000, 150_000, 200_000);
        assertThat(scale.place(0)).isEqualTo(100);
        assertThat(scale.place(100_000)).isEqualTo(300);
        assertThat(scale.place(200_000)).isEqualTo(500);
    }

    @Test
    void tenfoldIsTheSameDistanceAnywhereOnALogarithmicScale() {
        Scale scale = Scale.logarithmic(100, 500, 2, 900);
        assertThat(scale.ticks()).containsExactly(1, 10, 100, 1000);
        assertThat(scale.place(10) - scale.place(1)).isCloseTo(scale.place(1000) - scale.place(100), within(1e-9));
    }

    @Test
    void chartOfAVoidRunShowsTheReason() throws Exception {
        Results voided = new Results(
                Sample.voidRun("bare < 0.6 of slot-only"), Sample.results().figures());
        assertThat(text(Chart.of(voided).orElseThrow())).contains("VOID: bare < 0.6 of slot-only");
        assertThat(text(Chart.of(Sample.results()).orElseThrow())).doesNotContain("VOID");
    }

    @Test
    void withoutItsCasesThereIsNoChart() {
        Figure other = Sample.figure("idle", "bare", "cores", "cores", 0.1);
        assertThat(Chart.of(new Results(Sample.RUN, List.of(other)))).isEmpty();
    }

    private static String text(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement()
                .getTextContent();
    }
}
