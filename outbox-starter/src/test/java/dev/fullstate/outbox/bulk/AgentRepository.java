package dev.fullstate.outbox.bulk;

import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

import dev.fullstate.outbox.bulk.Ticket.Agent;

/** The repository of an entity that is not captured, with a query on one that is. */
public interface AgentRepository extends Repository<Agent, String> {

    @Modifying
    @Query("update Remark r set r.text = ''")
    int clearRemarks();

    @Modifying
    @NativeQuery("update agent set phone = null")
    int forgetPhonesInSql();
}
