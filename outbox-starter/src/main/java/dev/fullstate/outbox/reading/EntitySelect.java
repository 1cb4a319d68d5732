package dev.fullstate.outbox.reading;

import java.util.List;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;

/** Selects entities by id. */
final class EntitySelect extends KeyedSelect {

    EntitySelect(EntityMappingType entity, StateFetching fetching) {
        super(entity, entity.getIdentifierMapping(), entity.getIdentifierMapping(), fetching);
    }

    @Override
    void read(List<Object> keys, SharedSessionContractImplementor session, Runnable load) {
        load.run();
    }
}
