package dev.fullstate.outbox.autoconfigure;

import java.util.LinkedHashSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;

import dev.fullstate.outbox.bulk.BulkOperations.Policy;
import dev.fullstate.outbox.bulk.ModifyingQueries;

/** Logs at start-up the modifying queries of Spring Data repositories that bypass capture, and the consequences. */
final class ModifyingQueryReport implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(ModifyingQueryReport.class);

    private final ListableBeanFactory beans;
    private final PersistenceUnits units;
    private final Policy policy;

    ModifyingQueryReport(ListableBeanFactory beans, PersistenceUnits units, Policy policy) {
        this.beans = beans;
        this.units = units;
        this.policy = policy;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Set<String> findings = new LinkedHashSet<>();
        for (CapturedUnit unit : units.captured()) {
            ModifyingQueries queries = new ModifyingQueries(unit.sessionFactory(), unit.aggregates(), policy);
            // By the bean definitions, so that no bean is created for this.
            for (String name : beans.getBeanNamesForType(RepositoryFactoryInformation.class, true, false)) {
                Class<?> repository = beans.getType(BeanFactoryUtils.transformedBeanName(name), false);
                if (repository != null) {
                    findings.addAll(queries.of(repository));
                }
            }
        }
        findings.forEach(finding ->
                log.atLevel(policy == Policy.ALLOW ? Level.INFO : Level.WARN).log("{}", finding));
    }
}
