package dev.fullstate.outbox.relay.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

import dev.fullstate.outbox.relay.pipelines.Pipelines;
import dev.fullstate.outbox.relay.wal.OperatorTables;

/**
 * The pipeline that a request is for, which several pipelines have it name.
 *
 * @param query names it in a link; empty where pipelines have no names
 */
record ChosenPipeline(OperatorTables tables, String query) {

    private static final String PARAMETER = "pipeline";

    /** Returns whether a request is for all of several pipelines. */
    static boolean isForAll(Pipelines<OperatorTables> pipelines, HttpServletRequest request) {
        return pipelines.areNamed() && request.getParameter(PARAMETER) == null;
    }

    /**
     * Returns the pipeline that a request is for.
     *
     * @throws ResponseStatusException with 400 if it names none of several, with 404 if there is none of its name
     */
    static ChosenPipeline of(Pipelines<OperatorTables> pipelines, HttpServletRequest request) {
        String name = request.getParameter(PARAMETER);
        if (!pipelines.areNamed() && name != null) {
            throw new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "This relay has one pipeline, without a name; leave '" + PARAMETER + "' out");
        }
        if (name == null && pipelines.byName().size() != 1) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "Name the pipeline, '?" + PARAMETER + "=...'; there are " + pipelines.names());
        }
        String chosen = name == null ? pipelines.names() : name;
        OperatorTables tables = pipelines
                .find(chosen)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "No pipeline '" + chosen + "'; there are " + pipelines.names()));
        return new ChosenPipeline(tables, pipelines.areNamed() ? "?" + PARAMETER + "=" + chosen : "");
    }
}
