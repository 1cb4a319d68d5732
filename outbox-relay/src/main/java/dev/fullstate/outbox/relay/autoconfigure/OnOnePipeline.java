package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds where the process has one pipeline, without a name. */
final class OnOnePipeline implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return !NamedPipeline.isConfigured(context.getEnvironment());
    }
}
