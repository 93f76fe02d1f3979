"""What runs beside the requests: the results of workers, and tasks that could not be sent at once."""

import logging
import threading

from orchestrator.broker import Broker, Results
from orchestrator.settings import OrchestratorSettings
from orchestrator.tasks import Tasks

log = logging.getLogger(__name__)


class Background:
    """Two threads that go on whatever happens to broker and database."""

    def __init__(self, settings: OrchestratorSettings, tasks: Tasks, broker: Broker) -> None:
        self.tasks = tasks
        self.broker = broker
        self.resend_seconds = settings.resend_seconds
        self.results = Results(settings.broker_url, settings.result_queue, tasks.finish)
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=work, name=name, daemon=True) for name, work in (("results", self.results.run), ("resend", self.resend))]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.results.should_stop = True
        for thread in self.threads:
            thread.join(timeout=5)

    def is_alive(self) -> bool:
        return all(thread.is_alive() for thread in self.threads)

    def resend(self) -> None:
        while not self.stopping.wait(self.resend_seconds):
            try:
                sent = self.tasks.send_unsent(self.broker.send, older_than_seconds=self.resend_seconds)
            except Exception as error:
                log.warning("nothing sent again", extra={"reason": str(error)})
            else:
                if sent:
                    log.info("tasks sent again", extra={"count": sent})
