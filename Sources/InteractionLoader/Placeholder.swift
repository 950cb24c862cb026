// placeholder of InteractionLoader, replaced by the first real file
