package dev.fullstate.outbox.autoconfigure;

import jakarta.persistence.EntityManagerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Attaches the capture to each entity manager factory before any other bean gets it. */
final class CaptureInstaller implements BeanPostProcessor {

    private final ObjectProvider<PersistenceUnits> units;

    CaptureInstaller(ObjectProvider<PersistenceUnits> units) {
        this.units = units;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof EntityManagerFactory entityManagerFactory) {
            units.getObject().add(beanName, entityManagerFactory);
        }
        return bean;
    }
}
