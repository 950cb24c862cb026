// placeholder of Postgres, replaced by the first real file
