package dev.fullstate.sample.orders.docs;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.sample.orders.PropertyMetadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Everything that a page tells its readers to copy is right. {@link SqlBlocksIT} runs SQL, {@link RequestBlocksIT} sends requests,
 * {@link JavaBlocksIT} runs applications and tests.
 */
class CodeBlocksTest {

    private static final Path ROOT = Path.of("..");

    /** The beginnings of commands that are not run, with the reason; each of them has to be on a page. */
    private static final Map<String, String> NOT_RUN = Map.of(
            "docker compose -f docker/compose.yaml up", "no Docker here; ComposeFileTest reads the file",
            "docker compose -f docker/compose.yaml exec kafka", "no Docker here",
            "docker compose -f docker/compose.yaml exec postgres", "no Docker here",
            "sed 's/", "no psql here; OutboxMigration fills the placeholders in the same way",
            "echo '7312", "no Kafka tools here; PositionTopicIT takes a position back in the same way");

    private static final Set<String> GOALS = Set.of(
            "verify",
            "install",
            "package",
            "test",
            "test-compile",
            "spotless:apply",
            "spring-boot:test-run",
            "spring-boot:run");

    static List<CodeBlock> java() {
        return CodeBlock.in("java");
    }

    static List<CodeBlock> xml() {
        return CodeBlock.in("xml");
    }

    static List<CodeBlock> configuration() {
        return CodeBlock.in("properties", "yaml");
    }

    @Test
    void everyBlockIsOfALanguageThatIsChecked() {
        assertThat(CodeBlock.all())
                .hasSizeGreaterThan(15)
                .allSatisfy(block -> assertThat(block.language())
                        .as("language of " + block)
                        .isIn("java", "xml", "properties", "yaml", "sql", "sh", "json", "text"));
    }

    /** Otherwise a block of text would escape the checks. */
    @Test
    void noTextIsSomethingToCopy() {
        assertThat(CodeBlock.in("text"))
                .allSatisfy(block -> assertThat(block.code())
                        .as(block.toString())
                        .doesNotContainPattern(
                                "(?mi)^(curl|java|docker|\\./mvnw|select|insert|update|alter|create|grant) "));
    }

    /** A new reader sees the code first, and soon. */
    @Test
    void theReadmeBeginsWithCode() {
        CodeBlock first = CodeBlock.of("README.md").get(0);

        assertThat(first.language()).isEqualTo("java");
        assertThat(first.line()).isLessThan(30);
    }

    @ParameterizedTest
    @MethodSource("java")
    void javaCompiles(CodeBlock block, @TempDir Path classes) {
        upTo(block).compileInto(classes);
    }

    /** The blocks of the README, and those of the page up to this one. */
    static CompiledBlocks upTo(CodeBlock block) {
        CompiledBlocks blocks = CompiledBlocks.none();
        for (CodeBlock candidate : java()) {
            boolean before = candidate.page().equals(block.page()) && candidate.line() <= block.line();
            if (before || (candidate.page().equals("README.md") && !block.page().equals("README.md"))) {
                blocks = blocks.with(candidate);
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("xml")
    void dependenciesAreThoseThatAreBuilt(CodeBlock block) throws Exception {
        String version = project("version");
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader("<all>" + block.code() + "</all>")));
        var dependencies = document.getElementsByTagName("dependency");

        assertThat(dependencies.getLength()).as("dependencies of " + block).isPositive();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (child(dependency, "groupId").equals("dev.fullstate")) {
                assertThat(child(dependency, "version")).isEqualTo(version);
                assertThat(modules()).contains(child(dependency, "artifactId"));
            } else {
                assertThat(child(dependency, "groupId")).isEqualTo("org.springframework.boot");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configuration")
    void propertiesExist(CodeBlock block) throws Exception {
        Properties properties = new Properties();
        if (block.language().equals("yaml")) {
            YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
            yaml.setResources(new ByteArrayResource(block.code().getBytes(UTF_8)));
            properties.putAll(yaml.getObject());
        } else {
            properties.load(new StringReader(block.code()));
        }

        assertThat(properties.stringPropertyNames()).isNotEmpty().allSatisfy(CodeBlocksTest::requireProperty);
    }

    @Test
    void propertiesInTheTextExist() {
        Pattern setting = Pattern.compile("(?:--)?((?:outbox|spring|management|server)\\.[a-z0-9.-]+)=\\S*");

        assertThat(CodeBlock.pages().stream()
                        .flatMap(page -> CodeBlock.spans(page).stream())
                        .map(CodeBlock::code)
                        .map(setting::matcher)
                        .filter(matcher -> matcher.matches())
                        .map(matcher -> matcher.group(1)))
                .hasSizeGreaterThan(5)
                .allSatisfy(CodeBlocksTest::requireProperty);
    }

    @Test
    void jsonIsJson() {
        assertThat(CodeBlock.in("json"))
                .allSatisfy(block -> assertThatCode(() -> JsonMapper.shared().readTree(block.code()))
                        .as(block.toString())
                        .doesNotThrowAnyException());
    }

    @Test
    void commandsAreThoseOfThisBuild() throws Exception {
        List<String> unknown = new ArrayList<>();
        for (String command : commands()) {
            for (String part : command.split(" && ", -1)) {
                if (part.startsWith("./mvnw ")) {
                    checkBuild(part);
                } else if (part.startsWith("java -jar ")) {
                    checkRelay(part);
                } else if (!part.startsWith("curl ")
                        && NOT_RUN.keySet().stream().noneMatch(part::startsWith)) {
                    unknown.add(part);
                }
            }
        }
        assertThat(unknown)
                .as("commands that no test runs, and that are not among those that cannot be run")
                .isEmpty();
    }

    @Test
    void commandsThatAreNotRunStillExist() {
        assertThat(NOT_RUN.keySet())
                .allSatisfy(command -> assertThat(String.join("\n", commands())).contains(command));
    }

    /** Those of blocks, and those that a sentence names. */
    private static List<String> commands() {
        return Stream.concat(
                        CodeBlock.in("sh").stream().flatMap(block -> block.commands().stream()),
                        CodeBlock.pages().stream()
                                .flatMap(page -> CodeBlock.spans(page).stream())
                                .map(CodeBlock::code)
                                .filter(span -> span.matches("(\\./mvnw|java -jar|docker compose .* (up|exec)) .+")))
                .toList();
    }

    private static void checkBuild(String command) throws Exception {
        List<String> words = Pattern.compile("\"[^\"]*\"|\\S+")
                .matcher(command.replaceAll("(-\\S+=)\"", "\"$1"))
                .results()
                .map((MatchResult word) -> word.group().replace("\"", ""))
                .toList();
        List<String> goals = new ArrayList<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-pl")) {
                assertThat(modules())
                        .as(command)
                        .containsAll(List.of(words.get(++i).split(",", -1)));
            } else if (word.startsWith("-P")) {
                assertThat(profiles()).as(command).contains(word.substring(2));
            } else if (word.equals("-Dfast")) {
                assertThat(profiles()).contains("fast");
            } else if (word.startsWith("-Dspring-boot.run.arguments=")) {
                arguments(word).forEach(CodeBlocksTest::requireProperty);
            } else if (!word.startsWith("-")) {
                goals.add(word);
            }
        }
        assertThat(goals).as("goals of " + command).isNotEmpty().isSubsetOf(GOALS);
    }

    private static void checkRelay(String command) throws Exception {
        assertThat(command).startsWith("java -jar outbox-relay-" + project("version") + "-exec.jar");
        assertThat(Files.readString(ROOT.resolve("outbox-relay/pom.xml"))).contains("<classifier>exec</classifier>");
        arguments(command).forEach(CodeBlocksTest::requireProperty);
    }

    private static List<String> arguments(String command) {
        return Pattern.compile("--([\\w.-]+)=")
                .matcher(command)
                .results()
                .map((MatchResult argument) -> argument.group(1))
                .toList();
    }

    private static void requireProperty(String key) {
        assertThat(PROPERTIES).as("property " + key).anyMatch(property -> property.matches(key));
    }

    private static final List<PropertyMetadata> PROPERTIES = PropertyMetadata.all();

    private static Set<String> modules() throws Exception {
        return Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map((MatchResult module) -> module.group(1))
                .collect(toSet());
    }

    private static Set<String> profiles() throws Exception {
        StringBuilder poms = new StringBuilder(Files.readString(ROOT.resolve("pom.xml")));
        for (String module : modules()) {
            poms.append(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
        }
        return Pattern.compile("<profile>.*?<id>([^<]+)</id>", Pattern.DOTALL)
                .matcher(poms)
                .results()
                .map((MatchResult profile) -> profile.group(1))
                .collect(toSet());
    }

    private static String project(String element) throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve("pom.xml").toFile())
                .getDocumentElement();
        for (var node = project.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(element)) {
                return node.getTextContent();
            }
        }
        throw new IllegalStateException("No " + element + " in pom.xml");
    }

    private static String child(Element element, String name) {
        var children = element.getElementsByTagName(name);
        return children.getLength() == 0 ? "" : children.item(0).getTextContent();
    }
}
