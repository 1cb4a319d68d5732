package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.MappedSuperclass;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.aggregate.Aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * In all mappings of the test suite, the event of an aggregate has every persistent value, once at each place where its class is
 * used, for all names of classes and all their orders in the persistence unit.
 */
class EveryValueIsWrittenTest {

    private static final List<String> PACKAGES =
            List.of("mappings", "shop", "hidden", "cached", "adoption", "bulk", "fragile", "unordered", "places");

    static Stream<Arguments> units() {
        return PACKAGES.stream()
                .flatMap(name -> Stream.of("declared", "reversed", "shuffled").map(order -> arguments(name, order)));
    }

    private static List<Class<?>> classes(String name, String order) {
        List<Class<?>> classes = new ArrayList<>(name.equals("places") ? PlacesTest.CLASSES : found(name));
        switch (order) {
            case "reversed" -> Collections.reverse(classes);
            case "shuffled" -> Collections.shuffle(classes, new Random(20));
            default -> {}
        }
        return classes;
    }

    private static List<Class<?>> found(String name) {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return true;
            }
        };
        List.of(Entity.class, Embeddable.class, MappedSuperclass.class)
                .forEach(annotation -> scanner.addIncludeFilter(new AnnotationTypeFilter(annotation, false)));
        List<Class<?>> classes = new ArrayList<>();
        scanner.findCandidateComponents("dev.fullstate.outbox." + name)
                .forEach(found -> classes.add(ClassUtils.resolveClassName(found.getBeanClassName(), null)));
        return classes;
    }

    @ParameterizedTest
    @MethodSource("units")
    void eachValueIsWrittenOnceAtItsPlace(String name, String order) {
        try (States states = States.of(classes(name, order))) {
            SoftAssertions.assertSoftly(softly -> {
                for (Aggregate aggregate : states.aggregates().all()) {
                    if (aggregate.type().equals("vault")) {
                        continue; // It has a value that cannot be written, on purpose.
                    }
                    UniqueValues values = new UniqueValues(states.sessionFactory());
                    Object root = values.root(aggregate.root());
                    String json = states.write(root).replace('\'', '"');
                    Map<String, Integer> found = new HashMap<>();
                    collect(JsonMapper.shared().readTree(json), found);
                    values.expected()
                            .forEach((value, path) -> softly.assertThat(found.getOrDefault(value, 0))
                                    .as("times that %s at %s is in %s", value, path, json)
                                    .matches(times -> values.ids().contains(value) ? times > 0 : times == 1));
                }
            });
            assertThat(states.aggregates().all()).isNotEmpty();
        }
    }

    private static void collect(JsonNode node, Map<String, Integer> found) {
        if (node.isValueNode()) {
            found.merge(node.asString(), 1, Integer::sum);
        } else if (node.isArray()) {
            node.forEach(element -> collect(element, found));
        } else {
            node.properties().forEach(member -> {
                found.merge(member.getKey(), 1, Integer::sum);
                collect(member.getValue(), found);
            });
        }
    }

    /** The oracle is not empty. */
    @Test
    void oracleExpectsTheValuesOfParts() {
        try (States states = States.of(classes("shop", "declared"))) {
            UniqueValues values = new UniqueValues(states.sessionFactory());
            values.root(states.aggregates().ofType("purchase").root());

            assertThat(values.expected().values())
                    .contains("Purchase.buyer.id", "Purchase.lines[1].id", "Purchase.notes[0]", "Purchase.deposit");
        }
    }
}
