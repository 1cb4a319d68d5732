package dev.fullstate.outbox.bulk;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.query.Param;

/** Modifying queries in all the forms in which they can be declared. */
public interface TicketRepository extends JpaRepository<Ticket, Long>, JpaSpecificationExecutor<Ticket> {

    @Modifying
    @Query("update Ticket t set t.state = :state")
    int setState(@Param("state") String state);

    @Modifying
    @Query("delete from #{#entityName} t where t.state = :state")
    int purge(@Param("state") String state);

    /** Runs the entity's named query. */
    @Modifying
    int reopenAll();

    @Modifying
    @NativeQuery("update ticket set state = 'closed'")
    int closeAllInSql();

    @Modifying
    @Query("update Agent a set a.phone = null")
    int forgetPhones();

    /** Loads the tickets that it deletes. */
    @Modifying
    long deleteByState(String state);
}
