-- Makes the two databases and their owners, once. Run again, it sets the passwords and nothing else.
\set QUIET on
\getenv salon_password SALON_DB_PASSWORD
\getenv saleor_password SALEOR_DB_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', name) FROM (VALUES ('salon'), ('saleor')) AS wanted (name)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE salon PASSWORD :'salon_password';
ALTER ROLE saleor PASSWORD :'saleor_password';
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8''', name, name)
  FROM (VALUES ('salon'), ('saleor')) AS wanted (name)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
-- Neither may look into the other's.
REVOKE CONNECT ON DATABASE salon, saleor FROM PUBLIC;
