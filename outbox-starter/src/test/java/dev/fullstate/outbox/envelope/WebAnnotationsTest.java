package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonFilter;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIgnoreType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonView;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

import dev.fullstate.outbox.InState;
import dev.fullstate.outbox.PublishFullState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Annotations for a web interface hide attributes from a state, and change nothing else of it. */
@ExtendWith(OutputCaptureExtension.class)
class WebAnnotationsTest {

    /** A root with one attribute that may be hidden. */
    static class Root {
        @Id
        int id = 1;

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class Ignored {
        @Id
        int id = 1;

        @JsonIgnore
        String hidden = "x";

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class IgnoredByItsGetter {
        @Id
        int id = 1;

        String hidden = "x";

        @Version
        long version;

        @JsonIgnore
        public String getHidden() {
            return hidden;
        }
    }

    @Entity
    @PublishFullState
    static class WriteOnly {
        @Id
        int id = 1;

        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        String hidden = "x";

        @Version
        long version;
    }

    @Entity
    @JsonIgnoreProperties("hidden")
    @PublishFullState
    static class IgnoredByName {
        @Id
        int id = 1;

        String hidden = "x";

        @Version
        long version;
    }

    @Entity
    @JsonIncludeProperties("id")
    @PublishFullState
    static class NotIncluded {
        @Id
        int id = 1;

        String hidden = "x";

        @Version
        long version;
    }

    @Embeddable
    @JsonIgnoreType
    static class Secret {
        String text = "x";
    }

    @Entity
    @PublishFullState
    static class OfIgnoredType {
        @Id
        int id = 1;

        Secret hidden = new Secret();

        @Version
        long version;
    }

    @Entity
    @PublishFullState
    static class BackReferring {
        @Id
        int id = 1;

        @ManyToOne
        @JsonBackReference
        Ignored hidden = new Ignored();

        @Version
        long version;
    }

    static Stream<Arguments> hiding() {
        return Stream.of(
                arguments(new Ignored(), "@JsonIgnore"),
                arguments(new IgnoredByItsGetter(), "@JsonIgnore"),
                arguments(new WriteOnly(), "@JsonProperty(access = WRITE_ONLY)"),
                arguments(new IgnoredByName(), "@JsonIgnoreProperties"),
                arguments(new NotIncluded(), "@JsonIncludeProperties"),
                arguments(new OfIgnoredType(), "@JsonIgnoreType"),
                arguments(new BackReferring(), "@JsonBackReference"));
    }

    @ParameterizedTest
    @MethodSource("hiding")
    void annotationHidesTheAttributeFromConsumersTooAndTheStartNamesIt(
            Object root, String annotation, CapturedOutput output) {
        assertThat(States.written(root, root.getClass(), Secret.class, Ignored.class))
                .isEqualTo("{'id':1}");
        assertThat(output).contains(root.getClass().getSimpleName() + ".hidden (" + annotation + ")");
    }

    @Entity
    @JsonIgnoreProperties("byName")
    @PublishFullState
    static class Shown {
        @Id
        int id = 1;

        @InState
        @JsonIgnore
        String ignored = "a";

        @InState
        String byGetter = "b";

        @InState
        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        String writeOnly = "c";

        @InState
        String byName = "d";

        @InState
        Secret secret = new Secret();

        @InState
        @ManyToOne
        @JsonBackReference
        Ignored other = new Ignored();

        @InState(false)
        @JsonProperty("shown")
        String onlyOnTheWeb = "e";

        @Version
        long version;

        @JsonIgnore
        public String getByGetter() {
            return byGetter;
        }
    }

    @Test
    void inStateDecidesIfAnAttributeIsPublishedWhateverTheWebShows(CapturedOutput output) {
        assertThat(States.written(new Shown(), Shown.class, Secret.class, Ignored.class))
                .isEqualTo("{'id':1,'ignored':'a','byGetter':'b','writeOnly':'c','byName':'d','secret':{'text':'x'},"
                        + "'otherId':1}");
        assertThat(output)
                .contains("Left out of the state of shown: Shown.onlyOnTheWeb (@InState(false))")
                .doesNotContain("Shown.ignored");
    }

    @Entity
    @PublishFullState
    static class IgnoringBelow {
        @Id
        int id = 1;

        @OneToMany(cascade = CascadeType.ALL)
        @JsonIgnoreProperties({"secret", "open"})
        List<Below> belows = new ArrayList<>(List.of(new Below()));

        @OneToMany(cascade = CascadeType.ALL)
        List<Below> others = new ArrayList<>(List.of(new Below()));

        @Version
        long version;
    }

    @Entity
    static class Below {
        @Id
        int id = 2;

        String secret = "s";

        @InState
        String open = "o";
    }

    @Test
    void propertiesThatAnAttributeIgnoresAreLeftOutAtItsPlaceOnly(CapturedOutput output) {
        assertThat(States.written(new IgnoringBelow(), IgnoringBelow.class, Below.class))
                .isEqualTo("{'id':1,'belows':[{'id':2,'open':'o'}],'others':[{'id':2,'secret':'s','open':'o'}]}");
        assertThat(output)
                .contains("IgnoringBelow.belows.secret (@JsonIgnoreProperties of the attribute that holds it)");
    }

    /** A view. */
    static class Public {}

    @Entity
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @JsonFilter("nobody")
    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    @PublishFullState
    static class Depending {
        @Id
        int id = 1;

        String empty = "";

        @JsonInclude(JsonInclude.Include.NON_NULL)
        String nothing;

        @JsonView(Public.class)
        String viewed = "v";

        @ElementCollection
        List<String> none = new ArrayList<>();

        @OneToMany(cascade = CascadeType.ALL)
        @JsonManagedReference
        List<Repeated> parts = new ArrayList<>();

        @Version
        long version;

        @JsonProperty("computed")
        String computed() {
            return null;
        }

        @JsonProperty("computedToo")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        String computedToo() {
            return null;
        }
    }

    @Entity
    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    static class Repeated {
        @Id
        int id = 2;

        String text = "t";
    }

    @Test
    void memberIsPresentWhateverTheValueViewOrFilter(CapturedOutput output) {
        Depending root = new Depending();
        Repeated part = new Repeated();
        root.parts.add(part);
        root.parts.add(part);

        assertThat(States.written(root, Depending.class, Repeated.class))
                .isEqualTo("{'id':1,'empty':'','nothing':null,'viewed':'v','none':[],"
                        + "'parts':[{'id':2,'text':'t'},{'id':2,'text':'t'}],'computed':null,'computedToo':null}");
        assertThat(output).doesNotContain("Left out");
    }

    @Test
    void memberIsPresentWhateverACustomizerSetsForTheWeb() {
        try (States states = States.of(
                builder -> builder.changeDefaultPropertyInclusion(
                        inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL)),
                Depending.class,
                Repeated.class)) {
            assertThat(states.write(new Depending())).contains("'nothing':null", "'computed':null");
        }
    }

    /** A mixin of the customizer counts like an annotation on the class. */
    @JsonIgnoreProperties
    interface Mixin {
        @InState
        String getHidden();
    }

    @Test
    void customizerMayPublishWhatTheWebHides() {
        try (States states = States.of(
                builder -> builder.addMixIn(IgnoredByItsGetter.class, Mixin.class), IgnoredByItsGetter.class)) {
            assertThat(states.write(new IgnoredByItsGetter())).isEqualTo("{'id':1,'hidden':'x'}");
        }
    }

    @Entity
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @PublishFullState
    static class Renamed {
        @Id
        int id = 1;

        @JsonIgnore
        String hiddenName = "x";

        @Version
        long version;
    }

    @Test
    void renamedAttributeIsLeftOutUnderItsNameInJava(CapturedOutput output) {
        assertThat(States.written(new Renamed(), Renamed.class)).isEqualTo("{'id':1}");
        assertThat(output).contains("Renamed.hiddenName (@JsonIgnore)");
    }
}
