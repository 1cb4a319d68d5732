package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds where {@code outbox.relay.pipelines} names the pipelines. */
final class OnNamedPipelines implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return NamedPipeline.isConfigured(context.getEnvironment());
    }
}
