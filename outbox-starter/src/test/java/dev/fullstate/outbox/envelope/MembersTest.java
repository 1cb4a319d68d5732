package dev.fullstate.outbox.envelope;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonGetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.aggregate.AggregateMappingException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each member's name occurs once, and Jackson's annotations determine the form of attributes. */
class MembersTest {

    @Entity
    static class Carrier {
        @Id
        Long id = 7L;
    }

    @Entity
    @PublishFullState
    static class Parcel {
        @Id
        int id = 1;

        @Column(name = "carrier_id", insertable = false, updatable = false)
        Long carrierId = 7L;

        @ManyToOne
        @JoinColumn(name = "carrier_id")
        Carrier carrier = new Carrier();

        @Version
        long version;
    }

    @Test
    void columnThatIsMappedTwiceUnderOneNameIsWrittenOnce() {
        assertThat(States.written(new Parcel(), Parcel.class, Carrier.class)).isEqualTo("{'id':1,'carrierId':7}");
    }

    @Entity
    @PublishFullState
    static class Confused {
        @Id
        int id = 1;

        @Column(name = "something")
        Long carrierId = 8L;

        @ManyToOne
        Carrier carrier = new Carrier();

        @Version
        long version;
    }

    @Test
    void membersOfTheSameNameAreRefused() {
        assertThatThrownBy(() -> States.of(Confused.class, Carrier.class))
                .isInstanceOfSatisfying(
                        AggregateMappingException.class,
                        refusal -> assertThat(refusal.action()).contains("@JsonProperty(\"...\")"))
                .hasMessageContaining("two members 'carrierId': attribute 'carrierId' and attribute 'carrier'");
    }

    @Embeddable
    static class Money {
        BigDecimal amount = new BigDecimal("1.50");

        String currency = "EUR";
    }

    @Entity
    @PublishFullState
    static class Overwritten {
        @Id
        int id = 1;

        @Column(name = "other_amount")
        String amount = "two";

        @JsonUnwrapped
        Money price = new Money();

        @Version
        long version;
    }

    @Test
    void unwrappedMemberOfTheSameNameIsRefused() {
        assertThatThrownBy(() -> States.of(Overwritten.class, Money.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("two members 'amount'");
    }

    @Entity
    @PublishFullState
    static class Computing {
        @Id
        int id = 1;

        String amount = "two";

        @Version
        long version;

        @JsonProperty("amount")
        int other() {
            return 3;
        }
    }

    @Test
    void computedMemberOfTheSameNameIsRefused() {
        assertThatThrownBy(() -> States.of(Computing.class))
                .isInstanceOf(AggregateMappingException.class)
                .hasMessageContaining("Attribute 'amount' of " + Computing.class.getName())
                .hasMessageContaining("has no member of its own");
    }

    @Entity
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @PublishFullState
    static class Snake {
        @Id
        int snakeId = 1;

        @ManyToOne
        Carrier firstCarrier = new Carrier();

        @ManyToMany
        Set<Carrier> allCarriers = new HashSet<>(Set.of(new Carrier()));

        @ManyToOne
        @JsonProperty("theCarrier")
        Carrier named = new Carrier();

        @Version
        long version;
    }

    @Entity
    static class SnakeToo extends Snake {
        @Embedded
        Money listPrice = new Money();
    }

    @Test
    void namingStrategyNamesEachMemberWithoutANameOfItsOwn() {
        assertThat(States.written(new SnakeToo(), Snake.class, SnakeToo.class, Carrier.class, Money.class))
                .isEqualTo("{'dtype':'MembersTest$SnakeToo','snake_id':1,'first_carrier_id':7,'all_carriers_ids':[7],"
                        + "'list_price':{'amount':1.50,'currency':'EUR'},'theCarrier':7}");
    }

    @Test
    void namingStrategyOfACustomizerNamesMembersToo() {
        try (States states = States.of(
                builder -> builder.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE),
                Parcel.class,
                Carrier.class)) {
            assertThat(states.write(new Parcel())).isEqualTo("{'Id':1,'CarrierId':7}");
        }
    }

    /** Writes a value as its text in capitals. */
    static final class Shouting extends ValueSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(String.valueOf(value).toUpperCase(java.util.Locale.ROOT));
        }
    }

    @Embeddable
    record Range(int low, int high) {
        @JsonValue
        String text() {
            return low + "-" + high;
        }
    }

    @Embeddable
    record Size(int width, int height) implements Serializable {}

    @Entity
    @PublishFullState
    static class Annotated {
        @EmbeddedId
        Size id = new Size(1, 2);

        @JsonUnwrapped(prefix = "price_")
        Money price = new Money();

        @JsonUnwrapped(prefix = "no_")
        @AttributeOverride(name = "amount", column = @Column(name = "no_amount"))
        @AttributeOverride(name = "currency", column = @Column(name = "no_currency"))
        Money none;

        Range range = new Range(3, 4);

        @JsonSerialize(using = Shouting.class)
        String loud = "hey";

        @ElementCollection
        @JsonSerialize(contentUsing = Shouting.class)
        List<String> louder = new ArrayList<>(List.of("b", "a"));

        @JsonFormat(pattern = "dd.MM.yyyy")
        LocalDate day = LocalDate.of(2026, 11, 28);

        @ElementCollection
        @JsonFormat(pattern = "dd.MM.yyyy")
        List<LocalDate> days = new ArrayList<>(List.of(LocalDate.of(2026, 11, 28)));

        @JsonRawValue
        String raw = "{'x':1}";

        @Version
        long version;

        @JsonProperty("total")
        BigDecimal total() {
            return price.amount;
        }

        @JsonGetter
        Money worth() {
            return price;
        }

        @JsonProperty("maybe")
        Optional<String> maybe() {
            return Optional.of("m");
        }

        String getUnasked() {
            return "never";
        }
    }

    @Test
    void jacksonsAnnotationsDetermineTheFormOfAMemberNotItsPresence() {
        assertThat(States.written(new Annotated(), Annotated.class, Money.class, Range.class, Size.class))
                .isEqualTo("{'id':{'width':1,'height':2},'price_amount':1.50,'price_currency':'EUR',"
                        + "'no_amount':null,'no_currency':null,'range':'3-4','loud':'HEY','louder':['B','A'],"
                        + "'day':'28.11.2026','days':['28.11.2026'],'raw':{'x':1},"
                        + "'worth':{'amount':1.50,'currency':'EUR'},'total':1.50,'maybe':'m'}");
    }

    @Entity
    @PublishFullState
    static class Open {
        @Id
        int id = 1;

        @ElementCollection
        @JsonAnyGetter
        Map<String, String> extras = new HashMap<>(Map.of("color", "red"));

        @Version
        long version;
    }

    @Test
    void anyGetterSpreadsItsEntries() {
        assertThat(States.written(new Open(), Open.class)).isEqualTo("{'id':1,'color':'red'}");
    }

    @Entity
    @PublishFullState
    static class Rooted {
        @Id
        int id = 1;

        @OneToMany(mappedBy = "root", cascade = CascadeType.ALL)
        List<Leaf> leaves = new ArrayList<>();

        @Version
        long version;

        @JsonProperty("first")
        Leaf first() {
            return leaves.get(0);
        }
    }

    @Entity
    static class Leaf {
        @Id
        int id = 2;

        @ManyToOne
        Rooted root;
    }

    @Test
    void computedPartIsWrittenLikeAPartOfTheState() {
        Rooted root = new Rooted();
        Leaf leaf = new Leaf();
        leaf.root = root;
        root.leaves.add(leaf);

        assertThat(States.written(root, Rooted.class, Leaf.class))
                .isEqualTo("{'id':1,'leaves':[{'id':2}],'first':{'id':2}}");
    }

    @Entity
    @PublishFullState
    static class ReadByAGetter {
        @Id
        int id = 1;

        String text = " as stored ";

        String other = "o";

        String nick = "n";

        @Version
        long version;

        @JsonProperty
        public Optional<String> getNick() {
            return Optional.ofNullable(nick);
        }

        @JsonProperty("text")
        public String getText() {
            return text.trim();
        }

        @JsonProperty("another")
        public String getOther() {
            return "not what is stored";
        }
    }

    @Test
    void annotatedGetterNamesTheAttributeAndDoesNotChangeItsValue() {
        assertThat(States.written(new ReadByAGetter(), ReadByAGetter.class))
                .isEqualTo("{'id':1,'nick':'n','text':' as stored ','another':'o'}");
    }
}
