create sequence orders_seq increment by 50;
create sequence order_item_seq increment by 50;

create table orders (
    id                bigint      not null primary key,
    version           bigint      not null,
    customer          text        not null,
    email             text        not null,
    shipping_address  text        not null,
    status            text        not null,
    note              text        not null,
    placed_at         timestamptz not null,
    delivery_attempts integer     not null
);

create table order_item (
    id         bigint         not null primary key,
    order_id   bigint         not null references orders (id),
    product_id text           not null,
    name       text           not null,
    quantity   integer        not null,
    price      numeric(12, 2) not null
);

create index order_item_order_id on order_item (order_id);
